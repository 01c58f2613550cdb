// Workbooks as they are written; what other programs read in them is tried in Tests/Exports.
import Testing
import Wire
@testable import Documents

struct XLSXBookTests {
    @Test func `a text longer than a cell is cut within a whole character and says so`() {
        let long = String(repeating: "é👩‍⚕️", count: 20_000)
        let fitted = XLSXBook.fitted(long)
        #expect(fitted.utf16.count <= XLSXBook.cellUnits && fitted.hasSuffix(XLSXBook.cutMark))
        #expect(long.hasPrefix(fitted.dropLast(XLSXBook.cutMark.count)))
        let just = String(repeating: "x", count: XLSXBook.cellUnits)
        #expect(XLSXBook.fitted(just) == just)
    }

    @Test func `days are counted as spreadsheets count them, and not where they count wrongly`() {
        func serial(_ day: String) -> Double? { CalendarDate(iso8601: day).flatMap { XLSXBook.serial(Int64($0.daysSince1970) * 86_400_000) } }
        #expect(serial("2026-11-25") == 46_351)
        #expect(serial("1900-03-01") == 61)
        #expect(serial("1900-02-28") == nil)
        #expect(XLSXBook.serial(1_795_003_200_000) == 46_344.5)
    }
}
