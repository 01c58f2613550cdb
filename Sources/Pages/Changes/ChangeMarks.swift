// How a change's state, kind, risk and steps are shown: by word, colour and shape.
import Procedures
import SupportCentre

enum ChangeMarks {
    static func state(_ state: ChangeState) -> HTML { Component.badge(state.word, state.tone) }

    static func risk(_ risk: ChangeRisk?) -> HTML {
        switch risk {
        case nil: "<span class=\"note\">Not assessed</span>"
        case .low: Component.badge("Low", .good)
        case .medium: Component.badge("Medium", .info)
        case .high: Component.badge("High", .fair)
        case .veryHigh: Component.badge("Very high", .poor)
        }
    }

    /// The straight way of its kind, how far it has come; what left that way stands at its end.
    static func stepper(_ change: Change, events: [ChangeEvent]) -> HTML {
        let passed = Set(events.map(\.state))
        var path = ChangeLifecycle.path(of: change.kind)
        let onPath = path.contains(change.state)
        if !onPath {
            // What was not reached is not shown behind the point where it turned off.
            path = path.filter { passed.contains($0) } + [change.state]
        }
        let here = path.firstIndex(of: change.state) ?? 0
        let items = path.enumerated().map { index, state -> HTML in
            let current: HTML = index == here ? " aria-current=\"step\"" : .empty
            let style: StaticString = index < here ? "done" : index == here ? (onPath ? "now" : "off") : "ahead"
            return "<li class=\"\(raw: style)\"\(current)><span>\(state.word)</span></li>"
        }
        return "<ol class=\"steps\" aria-label=\"Progress\">\(items)</ol>"
    }

    /// The risk matrix as a picture, the place of this change marked.
    static func matrix(_ change: Change) -> HTML {
        let heads = ChangeLikelihood.allCases.map { "<th scope=\"col\">\($0.word)</th>" as HTML }
        let rows = ChangeImpact.allCases.reversed().map { impact -> HTML in
            let cells = ChangeLikelihood.allCases.map { likelihood -> HTML in
                let risk = ChangeRisk(impact, likelihood), here = change.impact == impact && change.likelihood == likelihood
                return "<td class=\"\(raw: risk.tone.name)\(" here", if: here)\">\(risk.word)\(here ? "<span class=\"visually-hidden\">: this change</span>" : HTML.empty)</td>"
            }
            return "<tr><th scope=\"row\">\(impact.word)</th>\(cells)</tr>"
        }
        return """
            <table class="matrix"><caption class="visually-hidden">Risk by impact and likelihood</caption>
            <thead><tr><td></td>\(heads)</tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    /// `GBP 1,250.00`
    static func money(_ quote: ChangeQuote) -> String {
        "\(quote.currency.rawValue) \(Show.count(quote.amount / 100)).\(quote.amount % 100 < 10 ? "0" : "")\(quote.amount % 100)"
    }
}

extension ChangeState {
    var word: String {
        switch self {
        case .backedOut: "Backed out"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }
    var tone: Tone {
        switch self {
        case .draft, .closed, .cancelled: .plain
        case .submitted, .assessed, .reviewed: .info
        case .approved, .implemented: .good
        case .scheduled: .fair
        case .rejected, .backedOut: .poor
        }
    }
}

extension ChangeRisk {
    var word: String { self == .veryHigh ? "Very high" : rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    var tone: Tone {
        switch self {
        case .low: .good
        case .medium: .info
        case .high: .fair
        case .veryHigh: .poor
        }
    }
}

extension ChangeKind {
    var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    var explained: String {
        switch self {
        case .standard: "Standard: known and agreed beforehand"
        case .normal: "Normal: assessed and decided on"
        case .emergency: "Emergency: cannot wait for an assessment"
        }
    }
}

extension ChangeImpact {
    var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    var explained: String {
        switch self {
        case .minor: "Minor: one person is held up"
        case .moderate: "Moderate: a part of one customer's work"
        case .major: "Major: a whole customer"
        case .severe: "Severe: everybody"
        }
    }
}

extension ChangeLikelihood {
    var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

extension ChangeStep {
    var word: String {
        switch self {
        case .submit: "Submit"
        case .assess: "Assessed: ask for votes"
        case .approve: "Approve"
        case .reject: "Reject"
        case .extend: "Extend the vote"
        case .schedule: "Schedule"
        case .reschedule: "Move to another time"
        case .implement: "Carried out"
        case .backOut: "Backed out"
        case .review: "Reviewed"
        case .close: "Close"
        case .cancel: "Cancel the change"
        case .revise: "Send back to be revised"
        }
    }
}
