// How one text gets out: provider after provider, round after round, and into a file when nobody takes it.

/// What a provider said to one attempt.
package enum AttemptOutcome: Equatable, Sendable {
    /// It took the text, with its own id for it if it gives one.
    case accepted(id: String?)
    /// It may take it later: no connection, no answer in time, overloaded.
    case temporary(String)
    /// It will not take this text: bad number, bad credentials, opted out. Another provider may.
    case permanent(String)
}

/// The delivery of one text to one number. A failed provider is followed at once by the next; a round in which all failed
/// puts the text into `outbox/` (nothing is lost), tells the incident (the next person is asked now) and is repeated
/// with growing pauses until the text is no longer worth sending.
package struct TextDelivery: Equatable, Sendable {
    package enum State: String, Sendable {
        case waiting, sending
        /// A provider took it.
        case accepted
        /// The network says the phone has it.
        case delivered
        /// Written to `outbox/` because there is no provider for it.
        case filed
        /// Given up.
        case failed
        /// No longer wanted: acknowledged or over before a provider took it.
        case cancelled
    }

    package enum Action: Equatable, Sendable {
        case send(provider: String)
        /// Write it to `outbox/`.
        case file
        /// All providers failed once: for the incident to ask the next person.
        case reportUndelivered
        /// The number itself may be dead; shown to staff.
        case reportFailed(String)
    }

    /// Pauses after the first, second, ... round in which all failed; the last one repeats.
    package static let pauses: [Milliseconds] = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
    /// How long a text is worth sending.
    package static let worth: Milliseconds = 3_600_000
    /// How long a provider that gives receipts may take to give one before its silence counts as failure.
    package static let receiptWithin: Milliseconds = 60_000

    package private(set) var state: State = .waiting
    package private(set) var created: Milliseconds
    package private(set) var due: Milliseconds?
    package private(set) var rounds = 0
    /// The provider now being asked, or that took it.
    package private(set) var provider: String?
    private var left: [String] = []
    private var filed = false

    package init(at now: Milliseconds) {
        created = now
        due = now
    }

    /// Goes on with what is stored after a restart. What was being sent when the process died is sent again: a second
    /// text is better than none.
    package init(resuming state: State, created: Milliseconds, rounds: Int, provider: String?, filed: Bool, at now: Milliseconds) {
        self.state = state == .sending ? .waiting : state
        self.created = created
        self.rounds = rounds
        self.provider = provider
        self.filed = filed
        due = self.state == .waiting ? now : nil
    }

    package var isFiled: Bool { filed }
    package var isOver: Bool { ![.waiting, .sending].contains(state) }

    /// Begins a round when one is due. `providers`: those for the number's country, the healthy first.
    package mutating func tick(providers: [String], at now: Milliseconds) -> [Action] {
        guard let at = due, Clock.isDue(at, at: now, longest: Self.receiptWithin) else { return [] }
        due = nil
        switch state {
        case .accepted:
            // A receipt was owed and did not come: try the other providers, and let the next person be asked.
            left = providers.filter { $0 != provider }
            state = .sending
            return [.reportUndelivered] + next(after: "no receipt", at: now)
        case .waiting:
            guard !providers.isEmpty else {
                state = .filed
                return file()
            }
            guard now - created <= Self.worth else {
                state = .failed
                return [.reportFailed("no provider took it within an hour")]
            }
            left = providers
            state = .sending
            return next(after: "", at: now)
        default:
            return []
        }
    }

    /// Takes the answer of the provider being asked. `owesReceipt`: whether it has given receipts before.
    package mutating func answered(_ outcome: AttemptOutcome, owesReceipt: Bool, at now: Milliseconds) -> [Action] {
        guard state == .sending else { return [] }
        switch outcome {
        case .accepted:
            state = .accepted
            due = owesReceipt ? now + Self.receiptWithin : nil
            return []
        case .temporary(let reason), .permanent(let reason):
            return next(after: reason, at: now)
        }
    }

    private mutating func next(after reason: String, at now: Milliseconds) -> [Action] {
        if !left.isEmpty {
            provider = left.removeFirst()
            return provider.map { [.send(provider: $0)] } ?? []
        }
        state = .waiting
        due = now + Self.pauses[min(rounds, Self.pauses.count - 1)]
        rounds += 1
        guard rounds == 1 else { return [] }
        return file() + [.reportUndelivered]
    }

    private mutating func file() -> [Action] {
        guard !filed else { return [] }
        filed = true
        return [.file]
    }

    /// Takes a delivery receipt.
    package mutating func receipt(delivered: Bool, reason: String, at now: Milliseconds) -> [Action] {
        guard state == .accepted || state == .delivered else { return [] }
        guard !delivered else {
            state = .delivered
            due = nil
            return []
        }
        guard state == .accepted else { return [] }
        // The network gave it back. The same provider may get it through later, the incident should not wait for that.
        state = .waiting
        due = now + Self.pauses[min(rounds, Self.pauses.count - 1)]
        rounds += 1
        return file() + [.reportUndelivered]
    }

    /// It is no longer wanted.
    package mutating func cancel() {
        guard !isOver else { return }
        state = .cancelled
        due = nil
    }
}

/// Wall clocks are set back at times; a watch must not fall asleep over it.
enum Clock {
    /// Whether a moment has come, or lies further ahead than the longest wait there is: then the clock was set back since.
    static func isDue(_ due: Milliseconds, at now: Milliseconds, longest: Milliseconds) -> Bool {
        now >= due || due - now > longest + 1000
    }
}

/// Pauses between tries of a mail: quick at first (a relay that restarts), then as RFC 5321 4.5.4.1 wants; given up
/// after four days.
package enum MailRetry {
    package static let worth: Milliseconds = 4 * 86_400_000
    static let pauses: [Milliseconds] = [5_000, 15_000, 30_000, 60_000, 120_000, 300_000, 900_000, 1_800_000]

    static var longest: Milliseconds { pauses.max() ?? 0 }

    /// When to try again after the given number of failed tries, nil when it is time to give up.
    package static func next(tries: Int, created: Milliseconds, at now: Milliseconds) -> Milliseconds? {
        guard now - created < worth else { return nil }
        return now + pauses[min(max(0, tries - 1), pauses.count - 1)]
    }
}
