// When somebody is told that a certificate ends: at 30, 14 and 3 days, once each.
import Wire

/// A pure machine: what is installed, what was told before, and `now` come in, notices go out.
package struct CertificateAlarm: Sendable {
    /// Days left at which somebody is told, most first.
    package static let thresholds = [30, 14, 3]

    /// A certificate that people are shown.
    package struct Shown: Sendable, Equatable {
        package var names: [String]
        package var issuer: String
        /// UTC seconds since 1970.
        package var expires: Int64
        package init(names: [String], issuer: String, expires: Int64) {
            (self.names, self.issuer, self.expires) = (names, issuer, expires)
        }

        /// The same for the same names and end only: a renewed certificate starts anew.
        var key: String { "\(names.sorted().joined(separator: " ")) \(expires)" }
    }

    package struct Notice: Sendable, Equatable {
        package var shown: Shown
        package var threshold: Int
        /// Whole days, negative once it has ended.
        package var daysLeft: Int
    }

    /// The lowest threshold somebody was told of, by `Shown.key`.
    package private(set) var told: [String: Int]

    package init(told: [String: Int] = [:]) { self.told = told }

    /// What has to be told at `now` (UTC seconds since 1970). Of several thresholds that were passed unseen only the last
    /// counts; one that was told of stays told when the clock is set back.
    package mutating func look(at certificates: [Shown], now: Int64) -> [Notice] {
        var notices: [Notice] = []
        for shown in certificates {
            let left = shown.expires - now
            guard let threshold = Self.thresholds.last(where: { left <= Int64($0) * 86_400 }), threshold < told[shown.key] ?? .max else { continue }
            told[shown.key] = threshold
            notices.append(Notice(shown: shown, threshold: threshold, daysLeft: Int((Double(left) / 86_400).rounded(.down))))
        }
        let known = Set(certificates.map(\.key))
        // What is no longer shown is forgotten, so that the list does not grow for ever.
        told = told.filter { known.contains($0.key) }
        return notices
    }
}

extension CertificateAlarm.Notice {
    private var title: String { (shown.names.first ?? "a certificate") + (shown.names.count > 1 ? " and \(shown.names.count - 1) more" : "") }
    private var when: String { daysLeft < 0 ? "has ended" : daysLeft == 0 ? "ends today" : daysLeft == 1 ? "ends tomorrow" : "ends in \(daysLeft) days" }

    /// The text to a telephone.
    package var text: String {
        TextFitter.page(
            code: "Fitech", node: "certificate of \(title) \(when)", link: nil, detail: "Renew it: fitech-ctl certificate request, then install. Nothing is down.")
    }

    package var subject: String { "The certificate of \(title) \(when)" }

    package var mail: String {
        """
        The certificate browsers are shown for \(shown.names.joined(separator: ", ")) \(when): \
        on \(Timestamp(milliseconds: shown.expires * 1000).iso8601). It was issued by \(shown.issuer.isEmpty ? "nobody in particular" : shown.issuer).

        Make a request, have it signed, install what comes back; nothing has to be restarted:

            fitech-ctl certificate request \(shown.names.joined(separator: " ")) > request.csr
            fitech-ctl certificate install certificate.pem
            fitech-ctl certificate list

        You are told at 30, 14 and 3 days.
        """
    }
}
