// Every input that fuzzing found worth keeping, through the same checks: Tests/Fuzz/Corpus.
import Foundation
import FuzzTargets
import Testing

struct CorpusTests {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Corpus")

    /// One input per line, in which `\xHH` stands for a byte and `\\` for the backslash.
    private static func inputs(_ target: FuzzTarget) -> [[UInt8]] {
        guard let file = try? Data(contentsOf: directory.appendingPathComponent(target.name + ".txt")) else { return [] }
        return file.split(separator: 10).map { line in
            var out: [UInt8] = [], rest = line[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                    out.append(byte)
                    continue
                }
                if kind == UInt8(ascii: "x") {
                    out.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                    rest = rest.dropFirst(2)
                } else {
                    out.append(kind)
                }
            }
            return out
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `no input of the corpus breaks a promise of its parser`(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = Self.inputs(target)
        #expect(!inputs.isEmpty, "Tests/Fuzz/Corpus/\(name).txt is missing or empty")
        #expect(target.check([]) == nil)
        for input in inputs {
            let broken = target.check(input)
            #expect(broken == nil, "\(String(decoding: input, as: UTF8.self).debugDescription)")
        }
    }

    @Test func `every corpus has a target`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path).filter { $0.hasSuffix(".txt") }
        #expect(Set(files) == Set(FuzzTarget.all.map { $0.name + ".txt" }))
    }
}
