// A customer's colour and logo.
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum BrandingFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ShowBranding.self) { try await show($0, $1, $2) }
        table.add(SetBranding.self) { try await set($0, $1, $2) }
        table.add(SetLogo.self) { try await setLogo($0, $1, $2) }
        table.add(ReadLogo.self) { try await read($0, $1, $2) }
    }

    private static func find(in database: Database) throws -> Branding {
        try database.first("SELECT colour, logo FROM branding") { row in
            var branding = Branding()
            (branding.colour, branding.logo) = (row.optionalText(0), row.optionalText(1))
            return branding
        } ?? Branding()
    }

    private static func show(_ asked: ShowBranding, _ call: Call, _ room: DataRoom) async throws -> ShowBranding.Answer {
        let (caller, customer) = try call.customer()
        var answer = ShowBranding.Answer()
        answer.branding = try await room.read(customer.file) { try find(in: $0) }
        answer.person = caller.person
        return answer
    }

    private static func set(_ asked: SetBranding, _ call: Call, _ room: DataRoom) async throws -> Branding {
        let (_, customer) = try call.customer()
        var check = FieldCheck()
        let text = FieldCheck.trimmed(asked.colour).lowercased(), colour = text.isEmpty ? nil : text
        if let colour, colour.utf8.count != 7 || colour.utf8.first != UInt8(ascii: "#") || !colour.utf8.dropFirst().allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) {
            check.refuse("colour", "\"\(colour.prefix(20))\" is no colour.", "Write # and six digits from 0 to f, like #0a6470, or leave it empty.")
        }
        try check.finish()
        let audit = call.audit
        return try await room.write(call, customer.file) { database in
            let before = try find(in: database)
            try database.execute("INSERT INTO branding (one, colour) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET colour = excluded.colour", colour)
            var changes = AuditChanges()
            changes.add("colour", before.colour, colour)
            if !changes.isEmpty { try audit.note("changed the look of the portal", .customer(customer.name), changes, in: database) }
            return try find(in: database)
        }
    }

    private static func setLogo(_ asked: SetLogo, _ call: Call, _ room: DataRoom) async throws -> Branding {
        let (_, customer) = try call.customer()
        var check = FieldCheck()
        let kind = FileKind(Array(asked.bytes.prefix(512)))
        if asked.bytes.count > SetLogo.largest { check.refuse("logo", "The picture has \(asked.bytes.count / 1024) KB.", "Use at most \(SetLogo.largest / 1024) KB; a logo of 400 by 120 pixels is plenty.") }
        if !asked.bytes.isEmpty, !kind.isShownInline { check.refuse("logo", "This is no picture a browser may show as it is.", "Use PNG, JPEG, WebP or GIF; SVG can carry programs.") }
        try check.finish()
        let (audit, bytes) = (call.audit, asked.bytes)
        return try await room.write(call, customer.file) { database in
            let name = bytes.isEmpty ? nil : Hex.encode(Array(Digest.sha256(bytes).prefix(12)))
            if let name {
                try database.execute("""
                    INSERT INTO branding (one, logo, bytes) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET logo = excluded.logo, bytes = excluded.bytes
                    """, name, bytes)
            } else {
                try database.execute("UPDATE branding SET logo = NULL, bytes = NULL")
            }
            try audit.note(name == nil ? "took the logo away" : "changed the logo", .customer(customer.name), in: database)
            return try find(in: database)
        }
    }

    private static func read(_ asked: ReadLogo, _ call: Call, _ room: DataRoom) async throws -> ReadLogo.Answer {
        let (_, customer) = try call.customer()
        let found = try await room.read(customer.file) { database in
            try database.first("SELECT bytes FROM branding WHERE logo = ?", asked.logo) { $0.bytes(0) }
        }
        // Told by its bytes again: a customer's file may have come from elsewhere, whatever it says of itself.
        let kind = FileKind(Array((found ?? []).prefix(512)))
        guard let found, kind.isShownInline else { throw Failure.notFound("logo") }
        var answer = ReadLogo.Answer()
        (answer.type, answer.bytes) = (kind.rawValue, found)
        return answer
    }
}
