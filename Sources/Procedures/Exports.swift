// Everything of a customer in one file: asked for, made from a restore point, downloaded until it expires.

import Control
import Wire

package enum ExportState: String, Sendable, CaseIterable {
    /// Nobody has begun yet.
    case waiting
    case running
    /// The file can be downloaded.
    case done
    case failed
    /// The file is gone: its time was over, or somebody removed it.
    case expired
}

/// How sending an export to the customer's own server fares.
package enum UploadState: String, Sendable, CaseIterable {
    case waiting, arrived, failed
}

package struct Export: Record {
    package var id = ""
    package var customer = ""
    package var state = ExportState.waiting
    /// 0 to 1, and what is being done now.
    package var progress = 0.0
    package var step = ""
    package var askedBy = ""
    package var asked = Timestamp()
    /// Whether a new restore point was wanted for it.
    package var fresh = false
    /// Everything up to this moment is in the file.
    package var asOf: Timestamp?
    package var finished: Timestamp?
    package var expires: Timestamp?
    package var fileName: String?
    package var bytes: Int?
    /// Of the whole file, lower-case hexadecimal.
    package var sha256: String?
    /// Rows of all tables, and files beside the database.
    package var rows: Int?
    package var attachments: Int?
    package var downloads = 0
    /// Why it failed, and what to do.
    package var problem: String?
    package var hint: String?
    /// Asked for by the schedule.
    package var scheduled = false
    /// Nil for one that is not sent anywhere.
    package var upload: UploadState?
    /// When sending was last tried, and why it failed then.
    package var uploadTried: Timestamp?
    package var uploadProblem: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("customer", &customer)
        try visit.field("state", &state)
        try visit.field("progress", &progress)
        try visit.field("step", &step)
        try visit.field("asked_by", &askedBy)
        try visit.field("asked", &asked)
        try visit.field("fresh", &fresh)
        try visit.field("as_of", &asOf)
        try visit.field("finished", &finished)
        try visit.field("expires", &expires)
        try visit.field("file_name", &fileName)
        try visit.field("bytes", &bytes)
        try visit.field("sha256", &sha256)
        try visit.field("rows", &rows)
        try visit.field("attachments", &attachments)
        try visit.field("downloads", &downloads)
        try visit.field("problem", &problem)
        try visit.field("hint", &hint)
        try visit.field("scheduled", &scheduled)
        try visit.field("upload", &upload)
        try visit.field("upload_tried", &uploadTried)
        try visit.field("upload_problem", &uploadProblem)
    }
}

extension Access {
    /// Who may have everything of a customer in a file: its administrators, and operations staff, who name the customer.
    package static let exporters = Access([.web, .operations], .roles([.administrator, .operations]))
    /// The same people, asked again who they are: what makes a file of everything, or a link that opens without a session.
    package static let freshExporters = Access([.web, .operations], .roles([.administrator, .operations]), fresh: .tokensToo)
    /// The data nodes among themselves.
    package static let dataNodes = Access([.data, .operations], .anyone)
}

/// Newest first.
package struct ListExports: Procedure {
    package struct Answer: Record {
        package var items: [Export] = []
        package var next: String?
        package var person = Person()
        /// Whose these are, as people call them.
        package var customerDisplayName = ""
        /// How long a file stays, and how many stay of one customer.
        package var days = 0
        package var kept = 0
        package var schedule: ExportSchedule?
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("person", &person)
            try visit.field("customer_display_name", &customerDisplayName)
            try visit.field("days", &days)
            try visit.field("kept", &kept)
            try visit.field("schedule", &schedule)
        }
    }
    package static let name = "exports.list", access = Access.exporters, kind = ProcedureKind.read
    /// For operations staff, who must name one; a customer's own people leave it out.
    package var customer: String?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("page", &page)
    }
}

/// One at a time of a customer: 409 while one is waiting or running.
package struct AskExport: Procedure {
    package typealias Answer = Export
    package static let name = "exports.ask", access = Access.freshExporters, kind = ProcedureKind.write
    package var customer: String?
    /// Make a new restore point first, so that everything up to now is in it; else the newest there is will do.
    package var fresh: Bool?
    /// What the mail that tells of the end begins its link with; no mail without it.
    package var origin: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("fresh", &fresh)
        try visit.field("origin", &origin)
    }
}

package struct ShowExport: Procedure {
    package typealias Answer = Export
    package static let name = "exports.show", access = Access.exporters, kind = ProcedureKind.read
    package var customer: String?
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
    }
}

/// Ends an export before its time: stops the work, or removes the file and its links.
package struct ExpireExport: Procedure {
    package typealias Answer = Export
    package static let name = "exports.expire", access = Access.exporters, kind = ProcedureKind.write
    package var customer: String?
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
    }
}

/// A link for whoever has it, to be handed to a download program; shown once. It ends with the file at the latest.
package struct LinkExport: Procedure {
    package struct Answer: Record {
        /// `/exports/links/...`
        package var path = ""
        package var expires = Timestamp()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("path", &path)
            try visit.field("expires", &expires)
        }
    }
    package static let name = "exports.link", access = Access.freshExporters, kind = ProcedureKind.write
    package var customer: String?
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
    }
}

/// Where the file of an export lies, for the web node that is about to send it.
package struct ExportFile: Record {
    package var node = ""
    /// Its secret name on that node.
    package var file = ""
    package var fileName = ""
    package var bytes = 0
    package var sha256 = ""
    package var finished = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("node", &node)
        try visit.field("file", &file)
        try visit.field("file_name", &fileName)
        try visit.field("bytes", &bytes)
        try visit.field("sha256", &sha256)
        try visit.field("finished", &finished)
    }
}

/// A download begins: noted in the audit, with the part that is asked for.
package struct OpenExport: Procedure {
    package typealias Answer = ExportFile
    package static let name = "exports.open", access = Access.exporters, kind = ProcedureKind.write
    package var customer: String?
    package var id = ""
    /// The `Range` field as sent; for the audit only.
    package var range: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
        try visit.field("range", &range)
    }
}

/// The same by a link. One that is wrong, over or of an export that is gone: 404, the three alike.
package struct OpenExportByLink: Procedure {
    package typealias Answer = ExportFile
    package static let name = "exports.open-by-link", access = Access.anyone, kind = ProcedureKind.write
    package var token = ""
    package var range: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("token", &token)
        try visit.field("range", &range)
    }
}

// MARK: Between data nodes

package struct ExportJob: Record {
    package var customer = ""
    package var displayName = ""
    package var id = ""
    /// The secret name the file is to have.
    package var file = ""
    package var fresh = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("display_name", &displayName)
        try visit.field("id", &id)
        try visit.field("file", &file)
        try visit.field("fresh", &fresh)
    }
}

/// Asked by the data node that keeps restore points: what there is to make, and which of its files nobody may download any more.
package struct FindExportWork: Procedure {
    package struct Answer: Record {
        package var jobs: [ExportJob] = []
        package var drop: [String] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("jobs", &jobs)
            try visit.field("drop", &drop)
        }
    }
    package static let name = "exports.work", access = Access.dataNodes, kind = ProcedureKind.read
    package var files: [String] = []
    /// The newest restore point of the node that asks, told now and then; and what is in it where not everything is: `directory` and customers' names.
    package var restorePoint: Timestamp?
    package var holds: [String] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("files", &files)
        try visit.field("restore_point", &restorePoint)
        try visit.field("holds", &holds)
    }
}

/// How far a data node has come with an export. `state` is `running`, `done` or `failed`.
package struct ReportExport: Procedure {
    package struct Answer: Record {
        /// Whether the work is still wanted.
        package var isWanted = true
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("is_wanted", &isWanted) }
    }
    package static let name = "exports.report", access = Access.dataNodes, kind = ProcedureKind.write
    package var export = Export()
    package var node = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("export", &export)
        try visit.field("node", &node)
    }
}

// MARK: By operations

/// `fitech-ctl customer export`: asks for one as operations, or follows one that was asked for (`id`).
package struct ExportForCustomer: Procedure {
    package struct Answer: Record {
        package var export = Export()
        /// Once it is done.
        package var file: ExportFile?
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("export", &export)
            try visit.field("file", &file)
        }
    }
    package static let name = "customers.export", access = Access.operations, kind = ProcedureKind.write
    package var customer = ""
    package var id: String?
    package var fresh: Bool?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
        try visit.field("fresh", &fresh)
    }
}
