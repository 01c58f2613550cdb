// An access log is put aside at its size; no line is lost or torn on the way.
import Foundation
import Testing

@testable import Telemetry

struct RotationTests {
    private func lines(_ path: String) -> [String] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }

    @Test func `at its size a log becomes .1, older ones move on, the last is deleted`() throws {
        let directory = NSTemporaryDirectory() + "fitech-rotation-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/access.log"
        let log = try #require(AccessLog(path: path, largest: 1000, kept: 2))
        for number in 0..<60 {
            log.write(lines: Array("{\"number\":\(number),\"text\":\"\(String(repeating: "x", count: 60))\"}".utf8))
            log.flush()
        }
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: directory)) == ["access.log", "access.log.1", "access.log.2"])
        for file in ["", ".1", ".2"] {
            let size = try #require(try FileManager.default.attributesOfItem(atPath: path + file)[.size] as? Int)
            #expect(size <= 1000)
        }
        let kept = lines(path + ".2") + lines(path + ".1") + lines(path)
        #expect(kept.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("\"}") })
        #expect(kept.last?.hasPrefix("{\"number\":59") == true)
        #expect(kept.count >= 24 && kept.count < 60, "in their order, without a gap: \(kept.count)")
        let numbers = kept.compactMap { $0.split(separator: ":")[1].split(separator: ",").first.flatMap { Int($0) } }
        #expect(numbers == Array((60 - kept.count)..<60))
    }

    @Test func `a log that was there before goes on`() throws {
        let path = NSTemporaryDirectory() + "fitech-rotation-\(UInt32.random(in: 0 ... .max)).log"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for word in ["one", "two"] {
            let log = try #require(AccessLog(path: path, largest: 1000, kept: 2))
            log.write(lines: Array(word.utf8))
            log.flush()
        }
        #expect(lines(path) == ["one", "two"])
        #expect(AccessLog(path: "/nowhere/at/all.log") == nil)
    }
}
