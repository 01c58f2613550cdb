// The keys of TLS session tickets: made once, then each in its turn.
import Control
import Engine
import Logging
import Wire

extension KeyStore {
    /// Makes the ticket keys where there are none, or none that can be read, and takes the next one into use when the current
    /// one has had its period. The file carries the date, so a restart neither forgets nor hastens a rotation. True when the
    /// file changed; the processes that read it notice within ten seconds, long before they meet the new key.
    @discardableResult
    package func rotateTickets() throws(Failure) -> Bool {
        let now = Int64(self.now())
        let keys: TicketKeys
        if let file = try DurableFile.read(state.ticketKey), let old = TicketKeys(file: file) {
            guard old.isDue(now: now, period: ticketPeriod.components.seconds) else { return false }
            keys = old.rotated(now: now)
        } else {
            keys = TicketKeys(now: now)
        }
        try DurableFile.write(keys.file, to: state.ticketKey)
        return true
    }
}

extension Supervisor {
    /// Looks once a minute, more often when the keys change faster than that.
    package func keepTicketKeysFresh() async {
        let pause = min(.seconds(60), keys.ticketPeriod / 4)
        while !isStopping {
            await loop.sleep(pause)
            do throws(Failure) {
                if try keys.rotateTickets() { log.info("the next key for TLS session tickets is in use") }
            } catch {
                log.error("the keys for TLS session tickets stay as they are: \(error.reason) \(error.hint)")
            }
        }
    }
}
