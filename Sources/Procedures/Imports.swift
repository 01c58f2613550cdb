// Importing subjects and their measures from CSV, with a report line by line.

import Control
import Wire

/// What to do when a row is bad.
package enum BadRows: String, Sendable, CaseIterable {
    /// Import the good rows and report the bad ones.
    case skip
    /// Import nothing when any row is bad.
    case refuse
}

package struct ImportLine: Record {
    package var line = 0
    package var field = ""
    package var reason = ""
    package var hint = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("line", &line)
        try visit.field("field", &field)
        try visit.field("reason", &reason)
        try visit.field("hint", &hint)
    }
}

package struct ImportReport: Record {
    package enum State: String, Sendable, CaseIterable { case done, refused }
    package var id = ""
    package var state = State.done
    package var accepted = 0
    package var refused = 0
    package var lines: [ImportLine] = []
    /// What was assumed: the meaning of a sex code, the date of undated rows, columns taken as custom measures.
    package var notes: [String] = []
    package var fileName = ""
    package var imported = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("state", &state)
        try visit.field("accepted", &accepted)
        try visit.field("refused", &refused)
        try visit.field("lines", &lines)
        try visit.field("notes", &notes)
        try visit.field("file_name", &fileName)
        try visit.field("imported", &imported)
    }
}

package struct RunImport: Procedure {
    package typealias Answer = ImportReport
    package static let name = "imports.run", access = Access.assessors, kind = ProcedureKind.write
    package var fileName = ""
    package var bad = BadRows.refuse
    package var bytes: [UInt8] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("file_name", &fileName)
        try visit.field("bad", &bad)
        try visit.field("bytes", &bytes)
    }
}

package struct ShowImport: Procedure {
    package typealias Answer = ImportReport
    package static let name = "imports.show", access = Access.assessors, kind = ProcedureKind.read
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// The newest first, without their lines.
package struct ListImports: Procedure {
    package struct Answer: Record {
        package var items: [ImportReport] = []
        package var next: String?
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
        }
    }
    package static let name = "imports.list", access = Access.assessors, kind = ProcedureKind.read
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("page", &page) }
}
