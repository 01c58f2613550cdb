// The texts that went out, as the phones show them; for staff.
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

package enum OutboxPage {
    package static func html(_ frame: Frame, _ texts: [OutboxText]) -> HTML {
        var phones: [(number: String, texts: [OutboxText])] = []
        for text in texts {
            if let index = phones.firstIndex(where: { $0.number == text.to }) { phones[index].texts.append(text) } else { phones.append((text.to, [text])) }
        }
        let shown = phones.map { phone -> HTML in
            let name = phone.texts.first?.name ?? ""
            let bubbles = phone.texts.prefix(12).map { text -> HTML in
                "<div class=\"bubble prose\">\(text.body)</div><div class=\"note\">\(.time(text.created)) · \(text.state)\(text.provider.isEmpty ? "" : " by \(text.provider)")</div>"
            }
            return "<section class=\"phone\" aria-label=\"Phone of \(name) \(phone.number)\"><h3>\(name.isEmpty ? phone.number : name)<br><span class=\"note\">\(phone.number)</span></h3>\(bubbles)</section>"
        }
        let content: HTML = shown.isEmpty
            ? Component.card(nil, flush: true, Component.empty(.phone, "No texts yet", "When an incident opens or closes, what the technicians receive appears here."))
            : "<div class=\"grid\">\(shown)</div>"
        return Layout.page(frame, "\(Component.header("Outbox", lead: "Texts to technicians, newest first, as their phones show them."))\(content)")
    }
}
