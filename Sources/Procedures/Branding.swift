// How the portal looks to a customer's people: their organisation's colour and logo.

import Control
import Wire

/// What every page needs to know of it.
package struct Branding: Record, Equatable {
    /// `#0a6470`; nil for the portal's own.
    package var colour: String?
    /// Names the logo; another picture has another name. Nil without one.
    package var logo: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("colour", &colour)
        try visit.field("logo", &logo)
    }
    package var isPlain: Bool { colour == nil && logo == nil }
}

package struct ShowBranding: Procedure {
    package struct Answer: Record {
        package var branding = Branding()
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("branding", &branding)
            try visit.field("person", &person)
        }
    }
    package static let name = "branding.mine", access = Access.administrators, kind = ProcedureKind.read
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

/// Any colour may be chosen: what is drawn with it is made dark or light enough to be read.
package struct SetBranding: Procedure {
    package typealias Answer = Branding
    package static let name = "branding.set", access = Access.administrators, kind = ProcedureKind.write
    /// `#` and six hexadecimal digits; empty for the portal's own.
    package var colour = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("colour", &colour) }
}

package struct SetLogo: Procedure {
    package typealias Answer = Branding
    package static let name = "branding.set-logo", access = Access.administrators, kind = ProcedureKind.write
    /// A picture, told by its first bytes; empty takes the logo away.
    package var bytes: [UInt8] = []
    package static let largest = 256 * 1024
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("bytes", &bytes) }
}

/// The picture, for anybody of the customer.
package struct ReadLogo: Procedure {
    package struct Answer: Record {
        package var type = ""
        package var bytes: [UInt8] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("type", &type)
            try visit.field("bytes", &bytes)
        }
    }
    package static let name = "branding.logo", access = Access([.web, .operations], .roles([.administrator, .superOperator, .operator, .subject])), kind = ProcedureKind.read
    package var logo = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("logo", &logo) }
}
