// Lists that can be had whole: the same procedure, walked page by page over one moment of its database.

import Control
import Wire

/// What every list answers.
package protocol ListAnswer: Record {
    associatedtype Item: Record
    var items: [Item] { get }
    /// Where the next page begins; nil at the end.
    var next: String? { get }
}

/// A list by pages. Whoever may see its first page may have all of it: as a page of the portal, or whole as CSV, workbook or JSON.
package protocol ListProcedure: Procedure where Answer: ListAnswer {
    var page: Page { get set }
}

extension ListSubjects: ListProcedure {}
extension ListSubjects.Answer: ListAnswer {}
extension ListEveryAssessment: ListProcedure {}
extension ListEveryAssessment.Answer: ListAnswer {}
extension ListTickets: ListProcedure {}
extension ListTickets.Answer: ListAnswer {}
extension ListImports: ListProcedure {}
extension ListImports.Answer: ListAnswer {}

extension ListPeople: ListProcedure {}
extension ListPeople.Answer: ListAnswer {}

/// How a whole list travels between nodes: each item in the compact codec, its length in four bytes before it.
package enum ItemFrames {
    package static let mediaType = "application/x-fitech-items"
    /// The longest item that is taken, against a length that is none.
    package static let longest = 16 << 20

    package static func append(_ item: some Record, to bytes: inout [UInt8]) {
        let encoded = CompactCodec.encode(item)
        let count = UInt32(encoded.count)
        bytes += [UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
        bytes += encoded
    }
}

/// Takes the items out of bytes that come in any pieces.
package struct ItemFrameReader<Item: Record> {
    private var held: [UInt8] = []
    private var start = 0

    package init() {}

    /// Whether nothing is left of an item that was cut.
    package var isBetweenItems: Bool { start == held.count }

    package mutating func read(_ piece: [UInt8]) throws(Failure) -> [Item] {
        held.removeFirst(start)
        start = 0
        held += piece
        var items: [Item] = []
        while held.count - start >= 4 {
            let length = held[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= ItemFrames.longest else { throw .fault("A list came with an item of \(length) bytes.") }
            guard held.count - start - 4 >= length else { break }
            items.append(try CompactCodec.decode(Item.self, from: Array(held[start + 4..<start + 4 + length])))
            start += 4 + length
        }
        return items
    }
}
