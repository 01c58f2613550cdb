// The requests for change of the demo: each stands in another place of its life.

extension Demo {
    package struct Change: Sendable {
        /// One thing somebody does with it.
        package enum Step: Sendable {
            /// A step of its table, like `assess`; with a window so many hours from now and so many hours long.
            case move(String, by: String, note: String = "", inHours: Int? = nil, for: Int = 1)
            /// approve, reject or abstain.
            case vote(String, by: String, comment: String = "")
            /// In the smallest unit of the currency.
            case quote(Int, currency: String, by: String)

            var by: String {
                switch self {
                case .move(_, let by, _, _, _), .vote(_, let by, _), .quote(_, _, let by): by
                }
            }
        }

        package let by: String
        package let title: String
        /// standard, normal or emergency.
        package let kind: String
        package let reason: String
        package let impact: String
        package let likelihood: String
        package let plan: String
        package let backOut: String
        package let evidence: String
        /// Names of parts of the service, like `pages`, with commas.
        package let parts: String
        package let steps: [Step]

        /// The e-mails of all who do something with it.
        package var people: [String] { [by] + steps.map(\.by) }
    }

    static func changes(clinic: String, club: String, support: String, operations: String) -> [Change] {
        [
            Change(
                by: clinic, title: "Sign in with the clinic's own address", kind: "normal",
                reason: "Our people know portal.riverside.example; the address of the provider confuses patients who are sent a link.",
                impact: "moderate", likelihood: "possible",
                plan: "1. A certificate for the new name is installed.\n2. The name is pointed at the balancers.\n3. Links in mails use it from then on; the old address keeps working.",
                backOut: "The name is pointed back; the old address never stopped working.",
                evidence: "Done the same way for a test name on Tuesday: signing in, mails and exports went through it for a day.", parts: "entrance, pages",
                steps: [
                    .move("submit", by: clinic), .move("assess", by: support, note: "A name and a certificate, nothing else moves."),
                    .vote("approve", by: support, comment: "The old address stays."), .vote("approve", by: operations),
                    .move("schedule", by: operations, note: "At an hour when few are signed in.", inHours: 5 * 24 + 6, for: 2),
                ]),
            Change(
                by: operations, title: "OpenSSL security update on every node", kind: "standard",
                reason: "Debian has published a corrected libssl.", impact: "minor", likelihood: "unlikely",
                plan: "Balancers and web nodes one after the other with fitech-ctl upgrade; nobody is interrupted.", backOut: "fitech-ctl upgrade back to the package before.",
                evidence: "The test installation has run on it for two days.", parts: "entrance, pages, records",
                steps: [.move("submit", by: operations), .move("schedule", by: operations, inHours: 2 * 24, for: 1)]),
            Change(
                by: club, title: "Body fat from four skinfolds in the corporate report", kind: "normal",
                reason: "Our members are measured with callipers; the companies we report to ask for the figure.", impact: "moderate", likelihood: "unlikely",
                plan: "The report gets a section of its own for it, under the same rule of disclosure.", backOut: "The section is switched off for the club.", evidence: "", parts: "reports",
                steps: [.move("submit", by: club), .quote(48_000, currency: "GBP", by: support)]),
            Change(
                by: support, title: "Wider columns for long names in the people list", kind: "normal", reason: "Three customers have asked for it this month.",
                impact: "minor", likelihood: "possible", plan: "One rule of the stylesheet.", backOut: "The rule is taken out.", evidence: "", parts: "pages",
                steps: [.move("submit", by: support), .move("assess", by: support, note: "Looks only.")]),
        ]
    }
}
