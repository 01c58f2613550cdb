// Where a list goes on, and how far.
import Procedures
import Wire

struct PageCut {
    let after: String?
    /// 1 to 200.
    let limit: Int

    init(_ page: Page) throws(Failure) {
        after = page.after
        limit = min(max(page.limit, 1), 200)
        guard page.limit >= 1 else { throw Self.wrong("limit", "The limit must be 1 or more.", "Use 1 to 200.") }
    }

    /// The cursor as a number, or the given one at the start.
    func number(or first: Int) throws(Failure) -> Int {
        guard let after else { return first }
        guard let number = Int(after) else { throw Self.wrongCursor }
        return number
    }

    static let wrongCursor = wrong("after", "This is no place in the list.", "Use the \"next\" of the page before, or leave it out.")

    private static func wrong(_ field: String, _ reason: String, _ hint: String) -> Failure {
        .unacceptable([.init(field: field, reason: reason, hint: hint)])
    }
}
