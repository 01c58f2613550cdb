// Delivery of a text: providers in turn, rounds with pauses, the file as the last resort, receipts.
import SupportCentre
import Testing
@testable import ManagementTier

struct TextDeliveryTests {
    let providers = ["one", "two"]

    @Test func `a failed provider is followed at once by the next`() {
        var text = TextDelivery(at: 0)
        #expect(text.tick(providers: providers, at: 0) == [.send(provider: "one")])
        #expect(text.answered(.temporary("refused"), owesReceipt: false, at: 1) == [.send(provider: "two")])
        #expect(text.answered(.accepted(id: nil), owesReceipt: false, at: 2) == [])
        #expect(text.state == .accepted)
        #expect(text.provider == "two")
        #expect(text.due == nil)
        #expect(!text.isFiled)
    }

    @Test func `when all fail it is filed, reported once, and tried again with growing pauses`() {
        var text = TextDelivery(at: 0), now: Milliseconds = 0, sent = 0, filed = 0, reported = 0, pauses: [Milliseconds] = []
        while !text.isOver {
            var actions = text.tick(providers: providers, at: now)
            while let action = actions.first {
                actions.removeFirst()
                switch action {
                case .send: sent += 1; actions += text.answered(.temporary("refused"), owesReceipt: false, at: now)
                case .file: filed += 1
                case .reportUndelivered: reported += 1
                case .reportFailed: break
                }
            }
            guard let due = text.due else { break }
            pauses.append(due - now)
            now = due
        }
        #expect(text.state == .failed)
        #expect(filed == 1)
        #expect(reported == 1)
        #expect(Array(pauses.prefix(7)) == [1000, 2000, 5000, 10_000, 30_000, 60_000, 60_000])
        #expect(now >= TextDelivery.worth)
        #expect(sent > 100)
    }

    @Test func `without a provider it is filed and done`() {
        var text = TextDelivery(at: 0)
        #expect(text.tick(providers: [], at: 0) == [.file])
        #expect(text.state == .filed)
        #expect(text.isOver)
    }

    @Test func `a receipt owed and not given means the other providers and the next person`() {
        var text = TextDelivery(at: 0)
        _ = text.tick(providers: providers, at: 0)
        _ = text.answered(.accepted(id: "1"), owesReceipt: true, at: 10)
        #expect(text.due == 60_010)
        #expect(text.tick(providers: providers, at: 60_010) == [.reportUndelivered, .send(provider: "two")])
    }

    @Test func `a receipt settles it, a bad one starts over`() {
        var text = TextDelivery(at: 0)
        _ = text.tick(providers: providers, at: 0)
        _ = text.answered(.accepted(id: "1"), owesReceipt: true, at: 10)
        #expect(text.receipt(delivered: false, reason: "unreachable", at: 20) == [.file, .reportUndelivered])
        #expect(text.due == 1020)
        #expect(text.tick(providers: providers, at: 1020) == [.send(provider: "one")])
        _ = text.answered(.accepted(id: "2"), owesReceipt: true, at: 1030)
        #expect(text.receipt(delivered: true, reason: "", at: 1040) == [])
        #expect(text.state == .delivered)
        #expect(text.receipt(delivered: false, reason: "late", at: 1050) == [])
        #expect(text.state == .delivered)
    }

    @Test func `what nobody needs any more is not sent, and what was being sent when we died is sent again`() {
        var text = TextDelivery(at: 0)
        text.cancel()
        #expect(text.tick(providers: providers, at: 0) == [])
        var resumed = TextDelivery(resuming: .sending, created: 0, rounds: 0, provider: "one", filed: false, at: 50)
        #expect(resumed.tick(providers: providers, at: 50) == [.send(provider: "one")])
    }

    @Test func `a clock set back by an hour delays no text and no reminder`() {
        var text = TextDelivery(at: 3_600_000)
        _ = text.tick(providers: ["one"], at: 3_600_000)
        _ = text.answered(.temporary("refused"), owesReceipt: false, at: 3_600_000)
        #expect(text.tick(providers: ["one"], at: 0) == [.send(provider: "one")])
        var machine = IncidentMachine()
        let person = Technician(id: 1, name: "Ana", number: "+447700900001", zone: "Europe/London")
        _ = machine.down(
            .node("web-1"), service: .pages, .init(lastGood: 0, firstBad: 0, reason: "refused"), technicians: [person], at: 3_600_000)
        #expect(machine.tick(technicians: [person], at: 0).contains { if case .tell = $0 { true } else { false } })
    }

    @Test func `mail is retried quickly first and given up after four days`() {
        #expect(MailRetry.next(tries: 1, created: 0, at: 0) == 5000)
        #expect(MailRetry.next(tries: 99, created: 0, at: 0) == 1_800_000)
        #expect(MailRetry.next(tries: 99, created: 0, at: MailRetry.worth) == nil)
    }
}

struct PageBundleTests {
    func telling(_ id: Int, _ kind: IncidentMachine.Telling.Kind = .down, for technician: Int = 1) -> IncidentMachine.Telling {
        .init(
            incident: Incident(id: id, subject: .node("n\(id)"), service: .pages, reason: "refused", lastGood: 0, firstBad: 0, opened: 0),
            technician: technician, kind: kind)
    }

    @Test func `the first three go out at once, the storm behind them in one text`() {
        var bundle = PageBundle(), own = 0
        for id in 1...20 { own += bundle.add(telling(id), at: Milliseconds(id)).count }
        #expect(own == 3)
        #expect(bundle.due == 3004)
        #expect(bundle.tick(at: 3003).isEmpty)
        let texts = bundle.tick(at: 3004)
        #expect(texts.count == 1)
        #expect(texts.first?.map(\.incident.id) == Array(4...20))
        #expect(bundle.due == nil)
    }

    @Test func `an incident that ended meanwhile is told as it now is`() {
        var bundle = PageBundle()
        for id in 1...4 { _ = bundle.add(telling(id), at: 0) }
        _ = bundle.add(telling(4, .up), at: 1)
        #expect(bundle.tick(at: 3000).first?.map(\.kind) == [.up])
    }

    @Test func `one person's storm does not hold up another's page`() {
        var bundle = PageBundle()
        for id in 1...9 { _ = bundle.add(telling(id), at: 0) }
        #expect(bundle.add(telling(10, for: 2), at: 1).count == 1)
    }
}
