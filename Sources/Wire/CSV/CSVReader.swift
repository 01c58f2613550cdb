// Reads CSV strictly (RFC 4180) from bytes that arrive in any pieces, and names every fault by line, with what to do about it.

/// One record of a CSV text.
package struct CSVRecord: Sendable, Equatable {
    /// The physical line the record begins on, counted from 1 (a quoted field may run over several lines).
    package var line: Int
    package var fields: [String]

    package init(line: Int, fields: [String]) {
        self.line = line
        self.fields = fields
    }
}

/// What is wrong with one line, and the remedy.
package struct CSVProblem: Error, Sendable, Equatable {
    /// The faults a reader can find; the raw value is the stable code for programs.
    package enum Fault: String, Sendable {
        case strayQuote = "stray-quote"
        case textAfterQuote = "text-after-quote"
        case unterminatedQuote = "unterminated-quote"
        case nul
        case notUTF8 = "not-utf-8"
        case utf16 = "utf-16"
        case bareCarriageReturn = "bare-carriage-return"
        case ragged
        case tooLong = "too-long"
        case tooManyFields = "too-many-fields"
    }
    package var line: Int
    /// The field the fault was met in, counted from 1.
    package var column: Int
    package var fault: Fault
    package var reason: String
    package var hint: String

    package init(line: Int, column: Int, fault: Fault, reason: String, hint: String) {
        self.line = line
        self.column = column
        self.fault = fault
        self.reason = reason
        self.hint = hint
    }
}

/// What the reader says, in the order of the lines. Every line of the text ends in exactly one of these, so nothing is lost in silence.
package enum CSVEvent: Sendable, Equatable {
    case record(CSVRecord)
    /// A line with nothing on it; it is no record.
    case empty(line: Int)
    case problem(CSVProblem)
}

/// The limits of a reader, by name.
package struct CSVLimits: Sendable {
    /// Bytes of one record, quotes taken away.
    package var recordBytes = 65_536
    package var fields = 1_000
    package init() {}
}

/// A restartable reader: feed it bytes with `read`, end it with `finish`.
///
/// The first record sets how many fields the others must have. A quote that never closes makes the rest of the text unreadable; the
/// reader does not guess where it should have closed, because a guess would make rows out of somebody's text.
package struct CSVReader: Sendable {
    private enum State {
        case fieldStart, unquoted, quoted
        /// A quote inside a quoted field: an escape if another follows, else the end of the field.
        case quoteInQuoted
        /// A CR outside quotes: a LF must follow.
        case carriageReturn
        /// The record is spoiled and its structure unknown: everything to the next LF belongs to it.
        case skipping
    }

    private let limits: CSVLimits
    private var state = State.fieldStart
    private var start: [UInt8] = []
    private var started = false
    private var refusedWhole = false
    /// The current record: its bytes with the quotes taken away, and where each finished field ends.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var sawQuote = false
    private var problem: CSVProblem?
    private var line = 1
    private var recordLine = 1
    private var quoteLine = 1
    private var width: Int?
    private var events: [CSVEvent] = []

    package init(limits: CSVLimits = CSVLimits()) {
        self.limits = limits
    }

    /// Everything at once, for texts that are already whole.
    package static func events(of text: [UInt8], limits: CSVLimits = CSVLimits()) -> [CSVEvent] {
        var reader = CSVReader(limits: limits)
        return reader.read(text) + reader.finish()
    }

    /// Takes the next bytes and returns the records that became complete with them.
    package mutating func read(_ piece: some Sequence<UInt8>) -> [CSVEvent] {
        for byte in piece {
            if started { step(byte) } else { begin(byte) }
        }
        return take()
    }

    /// The text is over: returns what was still open.
    package mutating func finish() -> [CSVEvent] {
        if !started { openText() }
        if !refusedWhole { closeText() }
        return take()
    }

    private mutating func take() -> [CSVEvent] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    // MARK: the byte order mark

    private mutating func begin(_ byte: UInt8) {
        start.append(byte)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if start == mark {
            start = []
            started = true
        } else if start == [0xFF, 0xFE] || start == [0xFE, 0xFF] {
            started = true
            refusedWhole = true
            events.append(.problem(CSVProblem(
                line: 1, column: 1, fault: .utf16, reason: "the file is UTF-16, not UTF-8",
                hint: "save it again as \"CSV UTF-8 (comma delimited)\"")))
        } else if !mark.starts(with: start) && !(start.count == 1 && (byte == 0xFF || byte == 0xFE)) {
            openText()
        }
    }

    private mutating func openText() {
        started = true
        let held = start
        start = []
        for byte in held { step(byte) }
    }

    // MARK: one byte

    private mutating func step(_ byte: UInt8) {
        if refusedWhole { return }
        if byte == 0x0A { line += 1 }
        if byte == 0 { spoil(.nul, "a NUL byte stands in the line", "the file is damaged or not text: export it again as CSV UTF-8") }
        switch state {
        case .fieldStart where byte == 0x22:
            sawQuote = true
            quoteLine = line
            state = .quoted
        case .fieldStart, .unquoted: outside(byte)
        case .quoted:
            if byte == 0x22 { state = .quoteInQuoted } else { keep(byte) }
        case .quoteInQuoted:
            if byte == 0x22 {
                keep(byte)
                state = .quoted
            } else if byte == 0x2C || byte == 0x0D || byte == 0x0A {
                outside(byte)
            } else {
                spoil(.textAfterQuote, "text stands after the closing quote of a field",
                      "write a quote inside a quoted field twice (\"\"), and put the comma right after the closing quote")
                state = .skipping
            }
        case .carriageReturn:
            if byte == 0x0A { endRecord() } else {
                spoil(.bareCarriageReturn, "a carriage return stands alone, without a line feed",
                      "end lines with LF or CRLF; put a text with line breaks in quotes")
                state = .skipping
            }
        case .skipping:
            if byte == 0x0A { endRecord() }
        }
    }

    private mutating func outside(_ byte: UInt8) {
        switch byte {
        case 0x2C:
            endField()
            state = .fieldStart
        case 0x0A: endRecord()
        case 0x0D: state = .carriageReturn
        case 0x22:
            spoil(.strayQuote, "a quote stands inside a field that does not begin with one",
                  "put the whole field in quotes and write each quote inside it twice (\"\")")
            state = .skipping
        default:
            keep(byte)
            state = .unquoted
        }
    }

    private mutating func keep(_ byte: UInt8) {
        if bytes.count < limits.recordBytes { bytes.append(byte) } else {
            spoil(.tooLong, "the record is longer than \(limits.recordBytes) bytes", "look for a quote that was never closed, or shorten the text")
        }
    }

    private mutating func endField() {
        if ends.count < limits.fields { ends.append(bytes.count) } else {
            spoil(.tooManyFields, "the record has more than \(limits.fields) fields", "split the file into several with fewer columns")
        }
    }

    /// The first fault of a record is the one that is told.
    private mutating func spoil(_ fault: CSVProblem.Fault, _ reason: String, _ hint: String) {
        if problem == nil {
            problem = CSVProblem(line: recordLine, column: ends.count + 1, fault: fault, reason: reason, hint: hint)
        }
    }

    // MARK: a record, and the end

    private mutating func endRecord() {
        defer { clear() }
        if problem == nil && ends.isEmpty && bytes.isEmpty && !sawQuote {
            events.append(.empty(line: recordLine))
            return
        }
        endField()
        if let problem {
            events.append(.problem(problem))
            if width == nil { width = ends.count }
            return
        }
        var fields: [String] = []
        fields.reserveCapacity(ends.count)
        var from = 0
        for (index, end) in ends.enumerated() {
            guard let text = String(validating: bytes[from..<end], as: UTF8.self) else {
                events.append(.problem(CSVProblem(
                    line: recordLine, column: index + 1, fault: .notUTF8, reason: "field \(index + 1) is not valid UTF-8",
                    hint: "save the file as \"CSV UTF-8\"; it is probably in Windows-1252 or Latin-1")))
                if width == nil { width = ends.count }
                return
            }
            fields.append(text)
            from = end
        }
        if let width, fields.count != width {
            events.append(.problem(CSVProblem(
                line: recordLine, column: min(fields.count, width) + 1, fault: .ragged,
                reason: "the line has \(fields.count) field\(fields.count == 1 ? "" : "s"), the first line has \(width)",
                hint: fields.count > width ? "put a field that contains a comma in quotes" : "write the missing commas, also for empty fields")))
            return
        }
        width = fields.count
        events.append(.record(CSVRecord(line: recordLine, fields: fields)))
    }

    private mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        problem = nil
        sawQuote = false
        recordLine = line
        state = .fieldStart
    }

    private mutating func closeText() {
        switch state {
        case .quoted:
            // What stood before in the record no longer matters: the rest of the text is inside this quote.
            problem = nil
            let through = line > quoteLine ? "; lines \(quoteLine) to \(line) could not be read" : ""
            spoil(.unterminatedQuote, "the quote opened on line \(quoteLine) is never closed\(through)", "close the quote, or write it twice (\"\") if it is part of the text")
            endRecord()
        case .carriageReturn:
            spoil(.bareCarriageReturn, "a carriage return stands alone, without a line feed", "end lines with LF or CRLF; put a text with line breaks in quotes")
            endRecord()
        case .fieldStart where ends.isEmpty && bytes.isEmpty && problem == nil: break
        default: endRecord()
        }
    }
}
