// Customers and people: what operations and a customer's administrator may do to them.

import Control
import Wire

package struct Customer: Record {
    /// `clinic`: a short name, also the name of its database.
    package var name = ""
    package var displayName = ""
    package var people = 0
    package var subjects = 0
    package var created = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("name", &name)
        try visit.field("display_name", &displayName)
        try visit.field("people", &people)
        try visit.field("subjects", &subjects)
        try visit.field("created", &created)
    }
}

package struct ListCustomers: Procedure {
    package struct Answer: Record {
        package var items: [Customer] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("items", &items) }
    }
    package static let name = "customers.list", access = Access.operations, kind = ProcedureKind.read
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

package struct AddCustomer: Procedure {
    package typealias Answer = Customer
    package static let name = "customers.add", access = Access.operations, kind = ProcedureKind.write
    package var customer = ""
    package var displayName: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("display_name", &displayName)
    }
}

/// Imports a file of subjects into a customer by operations' word (`fitech-ctl customer import`, `--demo`).
package struct ImportForCustomer: Procedure {
    package typealias Answer = ImportReport
    package static let name = "customers.import", access = Access.operations, kind = ProcedureKind.write
    package var customer = ""
    package var fileName = ""
    package var bad = BadRows.refuse
    package var bytes: [UInt8] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("file_name", &fileName)
        try visit.field("bad", &bad)
        try visit.field("bytes", &bytes)
    }
}

/// Makes a person: with a password at once, else with an invitation link (and a mail that carries it).
package struct AddPerson: Procedure {
    package struct Answer: Record {
        package var person = Person()
        /// The path of the invitation's page, when no password was given: `/invitation?token=...`.
        package var invitation: String?
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("person", &person)
            try visit.field("invitation", &invitation)
        }
    }
    package static let name = "people.add", access = Access.operations, kind = ProcedureKind.write
    package var email = ""
    package var name = ""
    /// Nil for staff.
    package var customer: String?
    package var role = PersonRole.operator
    package var password: String?
    /// What the mailed link begins with; no mail without it.
    package var origin: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("email", &email)
        try visit.field("name", &name)
        try visit.field("customer", &customer)
        try visit.field("role", &role)
        try visit.field("password", &password)
        try visit.field("origin", &origin)
    }
}

/// The same by a customer's administrator, within that customer and always by invitation mail.
package struct InvitePerson: Procedure {
    package typealias Answer = Person
    package static let name = "people.invite", access = Access.administrators, kind = ProcedureKind.write
    package var email = ""
    package var name = ""
    package var role = PersonRole.operator
    package var origin = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("email", &email)
        try visit.field("name", &name)
        try visit.field("role", &role)
        try visit.field("origin", &origin)
    }
}

/// A bearer token for the API, shown once. By operations for any person, by e-mail.
package struct CreateToken: Procedure {
    package struct Answer: Record {
        package var token = ""
        package var scope = ""
        package var expires = Timestamp()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("token", &token)
            try visit.field("scope", &scope)
            try visit.field("expires", &expires)
        }
    }
    package static let name = "tokens.create", access = Access.operations, kind = ProcedureKind.write
    package var email = ""
    /// `all` (what the person may do), `read`, or areas like `tickets:write`.
    package var scope = "all"
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("email", &email)
        try visit.field("scope", &scope)
    }
}
