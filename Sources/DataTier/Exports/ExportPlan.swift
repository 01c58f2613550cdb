// What becomes of every table of a customer when it is handed out: taken whole, in part, or left out, with the reason.
import Storage

/// The rule of exports. A table that is not named here cannot be exported: a test compares this list with the schema.
enum ExportPlan {
    enum Treatment: Sendable {
        case whole
        /// Every column but these.
        case without([String], why: String)
        /// The rows this condition (SQL of ours) holds for, every column.
        case rows(String, why: String)
        case leftOut(why: String)
    }

    static let tables: [(name: String, treatment: Treatment)] = [
        ("setting", .whole),
        ("person", .without(["password"], why: "Password hashes are secrets; people set new ones.")),
        ("session", .leftOut(why: "Sessions and API tokens are secrets of this Fitech.")),
        ("two_step", .leftOut(why: "The secrets of authenticator apps belong to this Fitech; people set them up anew.")),
        ("recovery_code", .leftOut(why: "Recovery codes are secrets of this Fitech.")),
        ("passkey", .leftOut(why: "Passkeys are bound to the name of this Fitech; people make new ones.")),
        ("passkey_answer", .leftOut(why: "Questions to passkeys that were answered concern this Fitech.")),
        ("link", .leftOut(why: "Invitations and password links are secrets of this Fitech.")),
        ("effect", .leftOut(why: "Mail that waits to be sent belongs to this Fitech.")),
        ("window_effect", .leftOut(why: "Work that management is told of belongs to this Fitech.")),
        ("answer", .leftOut(why: "Answers kept for repeats of the last day may hold secrets.")),
        ("audit", .whole),
        ("subject", .whole),
        ("subject_word", .whole),
        ("assessment", .whole),
        ("measure", .whole),
        ("ticket", .without(["assignee", "assignee_name", "tags", "clocked"], why: "Who of staff has it and what they marked it with is Fitech's own; clocks are worked out anew.")),
        ("reply", .rows("internal = 0", why: "Notes among staff are Fitech's own.")),
        ("ticket_event", .rows("internal = 0", why: "What happened among staff is Fitech's own.")),
        ("ticket_merge", .whole),
        ("ticket_link", .whole),
        ("ticket_draft", .rows("by_staff = 0", why: "What staff are writing is Fitech's own.")),
        ("attachment", .rows("complete = 1 AND internal = 0", why: "Files among staff are Fitech's own, and what never arrived whole is nobody's.")),
        ("attachment_piece", .leftOut(why: "The contents of attachments are files of their own: attachments/ID.")),
        ("ticket_rating", .whole),
        ("rating_link", .leftOut(why: "Mailed links are secrets of this Fitech.")),
        ("change", .whole),
        ("change_event", .whole),
        ("change_vote", .leftOut(why: "How staff voted is Fitech's own.")),
        ("announcement_receipt", .without(["mail"], why: "By which mail somebody was told is known to this Fitech alone.")),
        ("branding", .whole),
        ("webhook", .leftOut(why: "Webhooks call programs that were told of this Fitech, signed with secrets of theirs; they are made anew.")),
        ("webhook_delivery", .leftOut(why: "What is told to programs belongs to the webhooks of this Fitech.")),
        ("erasure_trace", .leftOut(why: "Which erasures the file of this Fitech still has traces of concerns that file.")),
        ("bin_item", .leftOut(why: "What was deleted is not handed out.")),
        ("bin_value", .leftOut(why: "What was deleted is not handed out.")),
        ("import", .whole),
        ("import_line", .whole),
        ("export", .leftOut(why: "Exports and where their files lie belong to this Fitech.")),
        ("export_schedule", .leftOut(why: "A schedule of this Fitech; it is set anew.")),
        ("export_key", .leftOut(why: "The key by which this Fitech signs in elsewhere is its secret.")),
        ("export_link", .leftOut(why: "Links to exports are secrets of this Fitech.")),
        ("search_state", .leftOut(why: derived)), ("ticket_piece", .leftOut(why: derived)),
    ] + ["ticket", "change", "subject"].flatMap { about in
        ["words", "words_config", "words_data", "words_docsize", "words_idx", "vocabulary"].map { ("\(about)_\($0)", .leftOut(why: derived)) }
    } + ["", "_config", "_data", "_idx"].map { ("ticket_titles\($0)", .leftOut(why: derived)) }

    private static let derived = "The index of searching is made anew of the texts."

    /// Columns that hold a ticket's number without saying so by a reference; an import that numbers tickets anew follows both.
    static let ticketNumbers: [String: [String]] = ["ticket": ["merged_into"]]

    /// The tables that are taken, given all columns there are.
    static func taken(columns: (String) throws -> [String]) rethrows -> [DatabaseExcerpt.Table] {
        try tables.compactMap { name, treatment in
            switch treatment {
            case .whole: DatabaseExcerpt.Table(name)
            case .without(let secret, _): DatabaseExcerpt.Table(name, columns: Set(try columns(name)).subtracting(secret))
            case .rows(let condition, _): DatabaseExcerpt.Table(name, rows: condition)
            case .leftOut: nil
            }
        }
    }

    /// What was not taken, for the manifest.
    static var leftOut: [(name: String, why: String)] {
        tables.flatMap { name, treatment -> [(String, String)] in
            switch treatment {
            case .whole: []
            case .without(let secret, let why): secret.map { ("\(name).\($0)", why) }
            case .rows(let condition, let why): [("\(name), rows but those with \(condition)", why)]
            case .leftOut(let why): [(name, why)]
            }
        }
    }
}

/// The secret name of an export's file: the customer and a random token.
enum ExportName {
    static func isOne(_ text: String) -> Bool {
        text.utf8.count <= 128 && Token.place(of: text) != nil
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
            && !text.contains("..")
    }
}
