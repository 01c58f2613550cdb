// The pure machines together, driven from a seed: storms, flapping, dead providers and clocks across daylight saving.
import SupportCentre
import Testing
import Wire
@testable import ManagementTier

/// A generator that gives the same days again from the same seed (SplitMix64).
struct Seeded {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

/// A world of nodes that break, providers that fail and technicians who sleep, second by second.
struct SimulatedWorld {
    var random: Seeded
    var now: Milliseconds
    let people: [Technician]
    let names: [String]
    var truth: [Bool]
    var probes: [ProbeMachine]
    var machine: IncidentMachine
    var bundle = PageBundle()
    var texts: [(delivery: TextDelivery, incidents: [Int], technician: Int, isEnd: Bool)] = []
    var providerWorks = [true, true]
    /// Incidents somebody was told of by a text that got out, or by file.
    var told: Set<Int> = []
    var opened: Set<Int> = []
    var sent = 0
    var intervals: [Int: [(begin: Milliseconds, end: Milliseconds?)]] = [:]

    init(seed: UInt64, start: Milliseconds, nodes: Int) {
        random = Seeded(state: seed)
        now = start
        people = [
            Technician(id: 1, name: "Ana", number: "+447700900001", zone: "Europe/London"),
            Technician(id: 2, name: "Bo", number: "+61491570006", zone: "Australia/Sydney"),
        ]
        names = (0..<nodes).map { "n\($0)" }
        truth = Array(repeating: true, count: nodes)
        probes = (0..<nodes).map { _ in ProbeMachine(.init(every: 1000, confirm: 3), at: start) }
        machine = IncidentMachine()
    }

    mutating func second(breaking: Int, mending: Int, provider: Int) {
        for index in names.indices {
            if truth[index] ? random.chance(breaking) : random.chance(mending) { truth[index].toggle() }
            let subject = Subject.node(names[index])
            switch probes[index].received(truth[index] ? .good : .bad("refused"), at: now) {
            case .down(let outage):
                apply(machine.down(subject, service: .pages, outage, technicians: people, at: now))
            case .up(_, let firstGood): apply(machine.up(subject, firstGood: firstGood, at: now))
            case .none, .stillDown: break
            }
        }
        for index in providerWorks.indices where random.chance(provider) { providerWorks[index].toggle() }
        apply(machine.tick(technicians: people, at: now))
        for tellings in bundle.tick(at: now) { queue(tellings) }
        deliver()
        if random.chance(1), let open = machine.open.first(where: { $0.acknowledged == nil && told.contains($0.id) }) {
            apply(machine.acknowledge(open.id, by: "Ana", technician: 1, at: now))
        }
        now += 1000
    }

    private mutating func apply(_ actions: [IncidentMachine.Action]) {
        for action in actions {
            switch action {
            case .tell(let telling): for telling in bundle.add(telling, at: now) { queue([telling]) }
            case .outageBegan(let id, _, let outage):
                opened.insert(id)
                intervals[id, default: []].append((outage.lastGood, nil))
            case .outageEnded(let id, let firstGood):
                #expect(intervals[id]?.last?.end == nil)
                let last = (intervals[id]?.count ?? 1) - 1
                intervals[id]?[last].end = firstGood
            case .record, .note: break
            }
        }
    }

    private mutating func queue(_ tellings: [IncidentMachine.Telling]) {
        let link = "https://portal.example.com:8443/i/AAAAAAAAAAAAAAAA"
        let text = tellings.count == 1
            ? PageText.page(tellings[0], link: link, note: "1 of 2 nodes left", zone: people[0].zone, at: now) : PageText.bundle(tellings, link: link)
        #expect(TextLength(text).parts == 1 && TextLength(text).alphabet == .gsm7)
        texts.append((TextDelivery(at: now), tellings.map(\.incident.id), tellings[0].technician, tellings.allSatisfy { $0.kind == .up }))
        sent += 1
    }

    private mutating func deliver() {
        for index in texts.indices {
            var actions = texts[index].delivery.tick(providers: ["0", "1"], at: now)
            while !actions.isEmpty {
                switch actions.removeFirst() {
                case .send(let provider):
                    let works = providerWorks[Int(provider) ?? 0]
                    actions += texts[index].delivery.answered(works ? .accepted(id: nil) : .temporary("refused"), owesReceipt: false, at: now)
                    if works { told.formUnion(texts[index].incidents) }
                case .file: told.formUnion(texts[index].incidents)
                case .reportUndelivered:
                    for id in texts[index].incidents {
                        apply(machine.undelivered(id, technician: texts[index].technician, technicians: people, at: now))
                    }
                case .reportFailed: break
                }
            }
        }
        texts.removeAll { $0.delivery.isOver }
    }
}

struct WatchSimulationTests {
    /// Three hours around the moments clocks change: London falls back on 25 October 2026, Sydney leaps on 4 October.
    @Test(arguments: [
        (1, 1_792_893_600_000 as Milliseconds), (2, 1_791_039_600_000), (3, 1_795_359_600_000), (4, 1_805_500_800_000), (5, 1_806_768_000_000),
    ] as [(UInt64, Milliseconds)])
    func `every outage is told to somebody, ends exactly once, and agrees with the truth`(seed: UInt64, start: Milliseconds) {
        var world = SimulatedWorld(seed: seed, start: start, nodes: 8)
        for _ in 0..<10_000 { world.second(breaking: 1, mending: 20, provider: 1) }
        // Peace at the end: everything heals, and so must the watch.
        world.truth = world.truth.map { _ in true }
        world.providerWorks = [true, true]
        for _ in 0..<1200 { world.second(breaking: 0, mending: 100, provider: 0) }
        #expect(!world.opened.isEmpty)
        #expect(world.machine.open.isEmpty)
        #expect(world.opened.subtracting(world.told).isEmpty)
        for (_, intervals) in world.intervals {
            for interval in intervals { #expect((interval.end ?? 0) > interval.begin) }
            for (earlier, later) in zip(intervals, intervals.dropFirst()) { #expect((earlier.end ?? 0) <= later.begin + 1000) }
        }
        // However it storms, nobody's phone is flooded: ten texts a minute at most, for each of two.
        #expect(world.sent <= (11_200 / 60 + 1) * 10 * 2)
    }

    @Test func `a storm of two hundred nodes is a handful of texts`() {
        var world = SimulatedWorld(seed: 9, start: 1_795_359_600_000, nodes: 200)
        for _ in 0..<10 { world.second(breaking: 0, mending: 0, provider: 0) }
        world.truth = world.truth.map { _ in false }
        for _ in 0..<60 { world.second(breaking: 0, mending: 0, provider: 0) }
        #expect(world.opened.count == 200)
        #expect(world.opened.subtracting(world.told).isEmpty)
        #expect(world.sent <= 8)
    }

    @Test func `the same seed gives the same history`() {
        let history = { () -> [Int] in
            var world = SimulatedWorld(seed: 77, start: 1_795_359_600_000, nodes: 8)
            return (0..<2000).map { _ in
                world.second(breaking: 2, mending: 30, provider: 5)
                return world.sent
            }
        }
        #expect(history() == history())
    }
}
