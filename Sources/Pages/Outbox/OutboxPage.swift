// The texts that went out, as the phones show them; for staff.
import Procedures
import Wire

/// One text of management's outbox.
package struct OutboxText: Sendable {
    package var to: String
    package var name: String
    package var body: String
    package var state: String
    package var provider: String
    package var created: Timestamp

    package init(to: String, name: String, body: String, state: String, provider: String, created: Timestamp) {
        (self.to, self.name, self.body, self.state, self.provider, self.created) = (to, name, body, state, provider, created)
    }
}

/// One mail of management's outbox. Its body is not shown: it may hold a link that signs somebody in.
package struct OutboxMail: Sendable {
    package var to: String
    package var subject: String
    package var state: String
    package var tries: Int
    /// What the relay said last, empty when it took the mail.
    package var reason: String
    package var created: Timestamp
    package var nextTry: Timestamp?

    package init(to: String, subject: String, state: String, tries: Int, reason: String, created: Timestamp, nextTry: Timestamp?) {
        (self.to, self.subject, self.state, self.tries) = (to, subject, state, tries)
        (self.reason, self.created, self.nextTry) = (reason, created, nextTry)
    }
}

package enum OutboxPage {
    /// - Parameter problems: what keeps texts or mails from leaving at present, a sentence each.
    package static func html(_ frame: Frame, _ texts: [OutboxText], mails: [OutboxMail] = [], problems: [String] = [], work: [BackgroundWork] = [], retries: Bool = false, now: Timestamp = Timestamp()) -> HTML {
        var phones: [(number: String, texts: [OutboxText])] = []
        for text in texts {
            if let index = phones.firstIndex(where: { $0.number == text.to }) { phones[index].texts.append(text) } else { phones.append((text.to, [text])) }
        }
        let shown = phones.map { phone -> HTML in
            let name = phone.texts.first?.name ?? ""
            let bubbles = phone.texts.prefix(12).map { text -> HTML in
                "<div class=\"bubble prose\">\(linked(text.body))</div><div class=\"note\">\(.time(text.created)) · \(text.state)\(text.provider.isEmpty ? "" : " by \(text.provider)")</div>"
            }
            return "<section class=\"phone\" aria-label=\"Phone of \(name) \(phone.number)\"><h2>\(name.isEmpty ? phone.number : name)<br><span class=\"note\">\(phone.number)</span></h2>\(bubbles)</section>"
        }
        let content: HTML = shown.isEmpty
            ? Component.card(nil, flush: true, Component.empty(.phone, "No texts yet", "When an incident opens or closes, what the technicians receive appears here."))
            : "<div class=\"grid\">\(shown)</div>"
        let banners = problems.map { Component.banner(.poor, HTML($0.sentence)) }
        return Layout.page(frame, "\(Component.header("Outbox", lead: "Texts to technicians, newest first, as their phones show them, and mail on its way."))\(banners)\(WorkCard.html(frame, work, retries: retries, now: now))\(content)\(self.mails(mails))")
    }

    private static func mails(_ mails: [OutboxMail]) -> HTML {
        guard !mails.isEmpty else { return .empty }
        let rows = mails.map { mail -> [HTML] in
            let tone: Tone = mail.state == "sent" ? .good : mail.state == "failed" ? .poor : .fair
            let next: HTML = mail.nextTry.map { "next try \(.time($0))" } ?? .empty
            let said: HTML = mail.reason.isEmpty ? .empty : "<span class=\"note\">\(mail.reason)</span>"
            return [HTML(mail.subject), HTML(mail.to), "<span>\(Component.badge(mail.state, tone)) \(said) \(next)</span>", "\(mail.tries)", .time(mail.created)]
        }
        return Component.card("Mail", flush: true, Component.table(
            caption: "Mail, newest first", columns: [.init("Subject"), .init("To"), .init("State"), .init("Tries", numeric: true), .init("Queued")], rows: rows))
    }

    /// Links of a text are there to be pressed, as on a phone. Only web addresses become links.
    static func linked(_ body: String) -> HTML {
        let words = body.split(separator: " ", omittingEmptySubsequences: false).map { word -> HTML in
            word.hasPrefix("https://") || word.hasPrefix("http://") ? "<a href=\"\(word)\">\(word)</a>" : HTML(String(word))
        }
        return words.joined(" ")
    }
}
