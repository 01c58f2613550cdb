// The forms a whole list is had in.
import Documents
import Wire

enum ListFormat: String, CaseIterable {
    case csv, xlsx, json

    var mediaType: String {
        switch self {
        case .csv: "text/csv"
        case .xlsx: XLSXBook.mediaType
        case .json: "application/json"
        }
    }

    var contentType: String { self == .csv ? "text/csv; charset=utf-8; header=present" : mediaType }

    /// By `format=`; nil when the query has none.
    static func named(in query: Form) throws(Failure) -> ListFormat? {
        guard let text = query.text("format") else { return nil }
        guard let format = ListFormat(rawValue: text) else {
            let words = allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("format=\(text.prefix(40)) is not known.", hint: "Use one of: \(words).", code: "malformed-parameter", fields: [.init(field: "format", reason: "\"\(text.prefix(40))\" is not known.", hint: "Use one of: \(words).")])
        }
        return format
    }

    /// By what the client accepts, where it accepts no JSON: the first we can make. JSON is the answer in pages, so it is no choice here.
    static func accepted(_ accept: String) -> ListFormat? {
        let names = accept.split(separator: ",").compactMap { range -> String? in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            return parts.dropFirst().contains { $0 == "q=0" || $0 == "q=0.0" } ? nil : parts.first
        }
        if names.contains(where: { ["*/*", "application/*", "application/json"].contains($0) }) { return nil }
        return [ListFormat.csv, .xlsx].first { format in names.contains { $0 == format.mediaType || ($0 == "text/*" && format == .csv) } }
    }
}
