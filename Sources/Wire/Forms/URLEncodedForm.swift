// application/x-www-form-urlencoded (WHATWG URL 5.1), strict about escapes and UTF-8.

extension Form {
    /// Reads `name=value&...`. Empty pieces between ampersands are skipped, as browsers and people write them.
    package init(urlencoded body: ArraySlice<UInt8>, limits: FormLimits = FormLimits()) throws(FormError) {
        self.init()
        for piece in body.split(separator: UInt8(ascii: "&")) {
            guard fields.count < limits.parts else {
                throw FormError("the form has more than \(limits.parts) fields", hint: "Send fewer fields.", status: 413)
            }
            let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            let name = try Self.text(piece[..<equals], what: "a field's name")
            guard name.utf8.count <= limits.nameBytes else { throw .tooLarge("a field's name", limits.nameBytes) }
            let value = equals == piece.endIndex ? "" : try Self.text(piece[(equals + 1)...], what: "the field \"\(name)\"")
            guard value.utf8.count <= limits.fieldBytes else { throw .tooLarge("the field \"\(name)\"", limits.fieldBytes) }
            fields.append(Field(name: name, value: value))
        }
    }

    private static func text(_ coded: ArraySlice<UInt8>, what: String) throws(FormError) -> String {
        guard let plain = PercentCoding.decode(coded, plusIsSpace: true) else {
            throw FormError("\(what) has a % that is not followed by two hexadecimal digits", hint: "Write a literal % as %25.")
        }
        guard let text = String(validating: plain, as: UTF8.self) else {
            throw FormError("\(what) is not UTF-8", hint: "Send the form in UTF-8.")
        }
        return text
    }
}
