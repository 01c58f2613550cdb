// The audit log of a customer or of Fitech's own: who did what to which thing; and whether it is still whole.

import Control
import Wire

/// What a field was and became; nil where there was or is none.
package struct AuditChange: Record {
    package var field = ""
    package var before: String?
    package var after: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("field", &field)
        try visit.field("before", &before)
        try visit.field("after", &after)
    }
}

package struct AuditEntry: Record {
    /// Its place in the log: 1, 2, 3, without a gap.
    package var row = 0
    package var at = Timestamp()
    /// `person/ID` of the customer, `staff/ID`, `node/ROLE`, or `nobody`.
    package var actor = ""
    /// The actor's e-mail at that time; empty for nodes and after an erasure.
    package var who = ""
    package var what = ""
    /// The thing it was done to, like `subject/ID` or `ticket/7`; empty where there is none.
    package var object = ""
    package var detail = ""
    package var changes: [AuditChange] = []
    /// The request it was done by, as in access logs.
    package var request: String?
    /// Who and detail were taken out when their subject was erased.
    package var erased = false
    /// SHA-256 (hexadecimal) over this entry and the hash of the one before.
    package var hash = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("row", &row)
        try visit.field("at", &at)
        try visit.field("actor", &actor)
        try visit.field("who", &who)
        try visit.field("what", &what)
        try visit.field("object", &object)
        try visit.field("detail", &detail)
        try visit.field("changes", &changes)
        try visit.field("request", &request)
        try visit.field("erased", &erased)
        try visit.field("hash", &hash)
    }
}

/// Entries, newest first. A customer's people see their own customer's, staff the directory's or any customer's.
package struct ListAudit: Procedure {
    package struct Answer: Record {
        package var items: [AuditEntry] = []
        /// There may be more, also when a search found less than a page: it looks through a bounded number of entries at a time.
        package var next: String?
        /// The kinds of things done, to choose from.
        package var kinds: [String] = []
        /// Whose log this is, for a heading; empty for the directory's.
        package var customerDisplayName = ""
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("kinds", &kinds)
            try visit.field("customer_display_name", &customerDisplayName)
            try visit.field("person", &person)
        }
    }
    package static let name = "audit.list", access = Access.auditors, kind = ProcedureKind.read
    /// For staff: this customer's log; without it the directory's.
    package var customer: String?
    /// E-mail, or `actor` of an entry.
    package var who: String?
    package var what: String?
    package var object: String?
    /// Words that stand in the detail.
    package var search: String?
    /// Days in UTC, both included.
    package var from: CalendarDate?
    package var to: CalendarDate?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("who", &who)
        try visit.field("what", &what)
        try visit.field("object", &object)
        try visit.field("search", &search)
        try visit.field("from", &from)
        try visit.field("to", &to)
        try visit.field("page", &page)
    }
}

/// Checks every entry of one log against the chain, or of all of them.
package struct VerifyAudit: Procedure {
    package struct Log: Record {
        /// The customer's name, or `directory`.
        package var name = ""
        package var entries = 0
        /// The hash of the last entry; whoever keeps it elsewhere can tell later whether the log was cut back.
        package var head = ""
        /// The first row that is not what it was written as; nil for a whole log.
        package var broken: Int?
        package var reason: String?
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("name", &name)
            try visit.field("entries", &entries)
            try visit.field("head", &head)
            try visit.field("broken", &broken)
            try visit.field("reason", &reason)
        }
    }
    package struct Answer: Record {
        package var items: [Log] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("items", &items) }
    }
    package static let name = "audit.verify", access = Access.operations, kind = ProcedureKind.write
    /// A customer's name or `directory`; nil for all.
    package var log: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("log", &log) }
}

extension Access {
    /// Who may read an audit log: a customer's own, staff every one.
    package static let auditors = Access([.web, .operations], .roles([.administrator, .superOperator, .support, .operations]))
}
