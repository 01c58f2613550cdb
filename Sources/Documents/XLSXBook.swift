// Workbooks for spreadsheets (XLSX), by libxlsxwriter in its constant-memory mode: rows go to disk as they come.
#if XLSX
import CXlsxWriter
#endif
import Wire

/// A workbook of one table, written row by row into a file. Typed cells, a bold first row that stays in sight, a filter on every
/// column; a table longer than a sheet goes on in the next. Texts are always texts: nothing a person wrote becomes a formula.
///
/// Belongs to whoever made it, one thread at a time. `finish` packs everything and takes about a second for 100,000 rows: not for a loop.
package final class XLSXBook {
    package static let mediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    /// Rows of one sheet, its heads included (Excel's limit).
    package static let sheetRows = 1_048_576
    /// UTF-16 units one cell holds (Excel's limit); what is longer is cut and says so.
    package static let cellUnits = 32_767
    static let cutMark = " [cut: a cell holds 32,767 characters]"

    /// Refused by name where the program was built without the trait XLSX.
    package static var notOffered: Failure {
        Failure(
            whose: .ours, retry: .never, status: 501, code: "xlsx-not-built", reason: "This Fitech was built without workbooks (XLSX).",
            hint: "Take CSV or JSON, or have it built with libxlsxwriter: Scripts/build.")
    }

    /// The text as a cell takes it.
    static func fitted(_ text: String) -> String {
        guard text.utf8.count > cellUnits, text.utf16.count > cellUnits else { return text }
        var units = 0
        let room = cellUnits - cutMark.utf16.count
        let kept = text.prefix { character in
            units += character.utf16.count
            return units <= room
        }
        return kept + cutMark
    }

    /// Days since 1899-12-30, as spreadsheets count; nil before March 1900, where they count a day that never was.
    static func serial(_ milliseconds: Int64) -> Double? {
        let days = Double(milliseconds) / 86_400_000 + 25_569
        return days < 61 || days >= 2_958_466 ? nil : days
    }

#if XLSX
    package static let isOffered = true

    private let workbook: UnsafeMutablePointer<lxw_workbook>
    private let columns: [TableColumn]
    private let bold, day, moment: UnsafeMutablePointer<lxw_format>?
    private var sheet: UnsafeMutablePointer<lxw_worksheet>?
    private var row: UInt32 = 0
    private var sheets = 0
    private var failed: lxw_error = LXW_NO_ERROR
    private var isFinished = false
    private let path: String

    /// - Parameters:
    ///   - path: the file to make; a directory that can be written must be there.
    ///   - scratch: the directory for what waits to be packed, as large as the table in XML.
    package init(path: String, scratch: String, columns: [TableColumn]) throws(Failure) {
        (self.path, self.columns) = (path, columns)
        let made = scratch.withCString { directory -> UnsafeMutablePointer<lxw_workbook>? in
            var options = lxw_workbook_options()
            options.constant_memory = 1
            // The library keeps a copy of the path.
            options.tmpdir = UnsafeMutablePointer(mutating: directory)
            return workbook_new_opt(path, &options)
        }
        guard let made else { throw .fault("A workbook could not be begun at \(path).", hint: "Look at the free space and the memory.") }
        workbook = made
        bold = workbook_add_format(workbook)
        day = workbook_add_format(workbook)
        moment = workbook_add_format(workbook)
        format_set_bold(bold)
        format_set_num_format(day, "yyyy-mm-dd")
        format_set_num_format(moment, "yyyy-mm-dd hh:mm:ss")
        beginSheet()
    }

    deinit {
        // Closing is the only way the library frees its memory; the file is of no use then.
        if !isFinished { _ = workbook_close(workbook) }
    }

    private func beginSheet() {
        endSheet()
        sheets += 1
        sheet = workbook_add_worksheet(workbook, nil)
        row = 0
        guard sheet != nil else { return note(LXW_ERROR_MEMORY_MALLOC_FAILED) }
        for (index, column) in columns.enumerated() {
            let width: Double = switch column.kind {
            case .time: 20
            case .date: 12
            case .integer, .real, .flag: 10
            case .text: 24
            }
            worksheet_set_column(sheet, lxw_col_t(index), lxw_col_t(index), max(width, Double(column.title.count) + 2), nil)
        }
        worksheet_freeze_panes(sheet, 1, 0)
        for (index, column) in columns.enumerated() { note(worksheet_write_string(sheet, 0, lxw_col_t(index), column.title, bold)) }
        row = 1
    }

    private func endSheet() {
        guard let sheet, row > 0, !columns.isEmpty else { return }
        worksheet_autofilter(sheet, 0, 0, row - 1, lxw_col_t(columns.count - 1))
    }

    private func note(_ result: lxw_error) { if failed == LXW_NO_ERROR { failed = result } }

    /// Adds a row; cells beyond the columns are a mistake of ours.
    package func append(_ cells: [Cell]) {
        precondition(cells.count <= columns.count, "\(cells.count) cells for \(columns.count) columns")
        if Int(row) == Self.sheetRows { beginSheet() }
        for (index, cell) in cells.enumerated() {
            let column = lxw_col_t(index)
            switch cell {
            case .empty: break
            case .text(let text): if !text.isEmpty { note(worksheet_write_string(sheet, row, column, Self.fitted(text), nil)) }
            case .integer(let number):
                // A spreadsheet's numbers are doubles: a longer one would lose its last digits.
                if abs(number) < 1 << 53 { note(worksheet_write_number(sheet, row, column, Double(number), nil)) }
                else { note(worksheet_write_string(sheet, row, column, String(number), nil)) }
            case .real(let number):
                if number.isFinite { note(worksheet_write_number(sheet, row, column, number, nil)) }
            case .flag(let flag): note(worksheet_write_boolean(sheet, row, column, flag ? 1 : 0, nil))
            case .time(let time): write(Self.serial(time.milliseconds), time.iso8601, column, moment)
            case .date(let date): write(Self.serial(Int64(date.daysSince1970) * 86_400_000), date.iso8601, column, day)
            }
        }
        row += 1
    }

    private func write(_ serial: Double?, _ text: String, _ column: lxw_col_t, _ format: UnsafeMutablePointer<lxw_format>?) {
        if let serial { note(worksheet_write_number(sheet, row, column, serial, format)) } else { note(worksheet_write_string(sheet, row, column, text, nil)) }
    }

    /// Packs the workbook; the file is whole when it returns. To be called once.
    package func finish() throws(Failure) {
        endSheet()
        isFinished = true
        note(workbook_close(workbook))
        guard failed == LXW_NO_ERROR else {
            throw .fault("The workbook could not be written: \(String(cString: lxw_strerror(failed))).", hint: "Look at the free space at \(path).")
        }
    }
#else
    package static let isOffered = false
    package init(path: String, scratch: String, columns: [TableColumn]) throws(Failure) { throw Self.notOffered }
    package func append(_ cells: [Cell]) {}
    package func finish() throws(Failure) { throw Self.notOffered }
#endif
}
