// Things that go wrong underneath: kill -9 at any moment, a full disk, a directory that cannot be written.
import Control
import Digests
import Engine
import Glibc
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

struct BreakingTests {
    @Test(arguments: [5, 40, 90, 150, 230, 310]) func `kill -9 at any moment loses nothing that was acknowledged`(_ milliseconds: Int) async throws {
        let path = "/tmp/fitech-kill-\(getpid())-\(milliseconds)"
        let house = try await House(path: path)
        try await house.customer("clinic")
        try await house.person("ann@clinic.example", .administrator, of: "clinic")
        await house.close(keep: true)
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) { [path = path as String, milliseconds = milliseconds as Int] in
            let house = try await House(path: path)
            let token = try await house.signIn("ann@clinic.example")
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(milliseconds))
                    kill(getpid(), SIGKILL)
                }
                for writer in 0..<4 {
                    group.addTask {
                        var count = 0
                        while true {
                            count += 1
                            guard let ticket = try? await house.ticket("\(writer)/\(count)", as: token) else { continue }
                            let line = Array("\(ticket.number)\n".utf8)
                            _ = write(1, line, line.count)
                        }
                    }
                }
            }
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        let acknowledged = Set(output.split(separator: "\n").compactMap { Int($0) })
        let again = try await House(path: path)
        let entry = try #require(again.store.customer("clinic"))
        let found = Set(try await entry.file.alone { try $0.query("SELECT number FROM ticket") { $0.int(0) } })
        #expect(acknowledged.subtracting(found).isEmpty)
        #expect(milliseconds < 300 || !acknowledged.isEmpty)
        #expect(try await entry.file.alone { try $0.faults() } == [])
        // The index has all of them after its first look, and no number is given out twice.
        await again.loop.run { _ in await again.room.sweep() }
        #expect(Set(try await again.store.directory.alone { try $0.query("SELECT number FROM ticket") { $0.int(0) } }) == found)
        let token = try await again.signIn("ann@clinic.example")
        #expect(!found.contains(try await again.ticket("after", as: token).number))
        await again.close()
    }

    @Test func `a full disk is a clear 503, loses nothing acknowledged and lets others go on`() async throws {
        let house = try await House { $0.customerPages = 90 }
        let tokens = try await house.everybody()
        var numbers: [Int] = []
        var refused: Failure?
        for _ in 0..<200 where refused == nil {
            refused = await failure {
                var asked = OpenTicket()
                asked.title = "Large"
                asked.body = String(repeating: "text ", count: 4000)
                numbers.append(try await house.call(asked, as: tokens["clinic/administrator"]!).number)
            }
        }
        #expect(refused?.status == 503 && refused?.code == "storage-full" && refused?.retryAfter != nil)
        var asked = ListTickets()
        asked.page.limit = 200
        #expect(try await house.call(asked, as: tokens["clinic/administrator"]!).items.map(\.number).reversed() == numbers)
        _ = try await house.ticket("Small", as: tokens["club/administrator"]!)
        await house.close()
    }

    @Test func `a repeat sent while the first still runs waits and gets the same answer`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let token = tokens["clinic/administrator"]!
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await house.ticket("Once", as: token, replay: "same").number } }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(numbers.count == 1)
        #expect(try await house.call(ListTickets(), as: token).items.count == 1)
        await house.close()
    }

    @Test func `more passwords than may wait are refused with a time to come again`() async throws {
        let house = try await House { $0.passwordQueue = 1; $0.passwordThreads = 1; $0.passwordCost = .shipped }
        let failures = await withTaskGroup(of: Failure?.self) { group in
            for i in 0..<6 { group.addTask { await failure { _ = try await house.signIn("p\(i)@x.example", "wrong wrong", address: "10.0.0.\(i)") } } }
            return await group.reduce(into: [Failure]()) { if let one = $1 { $0.append(one) } }
        }
        #expect(failures.contains { $0.status == 503 && $0.code == "busy" && $0.retryAfter != nil })
        #expect(failures.contains { $0.status == 401 })
        await house.close()
    }
}
