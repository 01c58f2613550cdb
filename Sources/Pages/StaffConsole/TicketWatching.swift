// Who of staff watches a ticket, and the button to do so.
import Control
import Procedures
import Wire

enum TicketWatching {
    static func card(_ frame: Frame, _ thread: TicketThread) -> HTML {
        let watching = thread.watchers.contains { $0.email == thread.person.email }
        let names = thread.watchers.map { $0.email == thread.person.email ? "you" : $0.name.isEmpty ? $0.email : $0.name }
        let who: HTML = names.isEmpty ? "<p>Nobody watches this ticket.</p>" : "<p>Watched by \(names.joined(separator: ", ")).</p>"
        return Component.card("Watchers", """
            \(who)<form class="stack tight" method="post" action="/tickets/\(thread.ticket.number)/watch">\(frame.token)<input type="hidden" name="watch" value="\(raw: watching ? "no" : "yes")"><p class="note">Who watches gets a mail when the customer writes, and when somebody is given the ticket.</p><button class="button wide">\(raw: watching ? "Watch it no longer" : "Watch this ticket")</button></form>
            """ as HTML)
    }
}
