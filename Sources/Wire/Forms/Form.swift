// What a submitted form holds, whichever of the two codings carried it.

/// The fields and files of one submitted form, in the order they came.
package struct Form: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A file chosen in a form: what the browser calls it, what it says it is, and its bytes.
    package struct File: Sendable, Equatable {
        package var name: String
        package var fileName: String
        package var contentType: String?
        package var bytes: [UInt8]
    }

    package var fields: [Field] = []
    package var files: [File] = []

    package init(fields: [Field] = [], files: [File] = []) {
        self.fields = fields
        self.files = files
    }

    /// The first value of that name, as typed.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Every value of that name (check boxes).
    package func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// The value without blanks around it; nil when missing or blank.
    package func text(_ name: String) -> String? {
        guard let value = self[name] else { return nil }
        var bytes = Substring(value)
        while let first = bytes.first, first.isWhitespace { bytes.removeFirst() }
        while let last = bytes.last, last.isWhitespace { bytes.removeLast() }
        return bytes.isEmpty ? nil : String(bytes)
    }

    package func file(_ name: String) -> File? { files.first { $0.name == name } }
}

/// What a form may weigh. Every limit has a name so that a refusal can say which one was hit.
package struct FormLimits: Sendable {
    /// Fields and files together.
    package var parts = 200
    package var nameBytes = 200
    package var fieldBytes = 64 * 1024
    package var fileBytes = 16 * 1024 * 1024
    /// Head lines of one multipart part.
    package var partHeadBytes = 4096
    package init() {}
}

/// Why a form cannot be read: the HTTP status it deserves, what is wrong and what to do.
package struct FormError: Error, Equatable {
    package var status: Int
    package var reason: String
    package var hint: String

    init(_ reason: String, hint: String, status: Int = 400) {
        self.status = status
        self.reason = reason
        self.hint = hint
    }

    static func tooLarge(_ what: String, _ limit: Int) -> FormError {
        FormError("\(what) is larger than the \(limit) bytes allowed", hint: "Send a smaller one, or split it.", status: 413)
    }
}

extension Form {
    /// Reads a form's body by its Content-Type. 415 for any other type.
    package init(body: [UInt8], contentType: String?, limits: FormLimits = FormLimits()) throws(FormError) {
        let type = (contentType ?? "").prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        switch type {
        case "application/x-www-form-urlencoded":
            self = try Form(urlencoded: body[...], limits: limits)
        case "multipart/form-data":
            self = try Form(multipart: body, boundary: Self.boundary(of: contentType ?? ""), limits: limits)
        default:
            throw FormError(
                type.isEmpty ? "the request does not say what its body is" : "a form cannot be sent as \(type)",
                hint: "Send application/x-www-form-urlencoded or multipart/form-data.", status: 415)
        }
    }

    /// Reads the query of a target (what follows `?`): the same coding as an urlencoded form.
    package init(query: String?, limits: FormLimits = FormLimits()) throws(FormError) {
        self = try Form(urlencoded: ArraySlice((query ?? "").utf8), limits: limits)
    }
}
