// Times, text messages and mail.
import Control
import Wire

extension FuzzTarget {
    static let timestamps = FuzzTarget("timestamps") { bytes in
        let words = text(bytes)
        if let time = Timestamp(iso8601: words), Timestamp(iso8601: time.iso8601) != time { return "\(words): written again another time" }
        if let day = CalendarDate(iso8601: words) {
            if CalendarDate(iso8601: day.iso8601) != day || CalendarDate(daysSince1970: day.daysSince1970) != day { return "\(words): another day" }
        }
        if let duration = DurationText.parse(words), DurationText.parse(DurationText.text(duration)) != duration { return "\(words): another duration" }
        if let place = HostPort(words), HostPort("\(place)") != place { return "\(words): another place" }
        return nil
    }

    static let gsm7 = FuzzTarget("gsm7") { bytes in
        let words = text(bytes)
        if let septets = GSM7.encode(words) {
            if septets.contains(where: { $0 > 127 }) { return "more than seven bits" }
            if GSM7.decode(septets) != words { return "decoded it is other text" }
        }
        let plain = GSM7.plain(words)
        guard let septets = GSM7.encode(plain) else { return "plain text that does not fit the alphabet" }
        let length = TextLength(plain)
        if length.alphabet != .gsm7 || length.units != septets.count || length.parts < 1 || length.parts > septets.count / 152 + 1 { return "a wrong length" }
        _ = GSM7.decode(bytes)
        let parts = bytes.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false).map { text($0) }
        let page = TextFitter.page(code: parts[0], node: parts.count > 1 ? parts[1] : "", link: parts.count > 2 ? parts[2] : nil, detail: parts.count > 3 ? parts[3] : "")
        guard let fitted = GSM7.encode(page) else { return "a page that does not fit the alphabet" }
        return fitted.count <= TextFitter.room ? nil : "a page of \(fitted.count) septets"
    }

    /// `from NUL subject NUL body`: no value becomes a header, no line is too long.
    static let mail = FuzzTarget("mail") { bytes in
        let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false).map { text($0) }
        if let address = MailAddress(parts[0]), MailAddress(address.text) != address || address.text.utf8.contains(where: { $0 <= 32 || $0 >= 127 }) { return "an address that is none" }
        guard let sender = MailAddress("a@example.org") else { return "no sender" }
        let message = MailMessage(
            from: sender, fromName: parts[0], to: sender, subject: parts.count > 1 ? parts[1] : "", body: parts.count > 2 ? parts[2] : "",
            date: Timestamp(milliseconds: 0), key: text(parts[0].utf8.prefix(12)))
        let out = message.bytes
        guard let end = out.firstRange(of: Array("\r\n\r\n".utf8)) else { return "no end of the header" }
        let lines = out[..<end.lowerBound].split(separator: Array("\r\n".utf8), omittingEmptySubsequences: false)
        let names = ["Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
        let seen = lines.filter { $0.first != 32 }.map { text($0.prefix { $0 != 58 }) }
        if seen != names { return "headers \(seen)" }
        for line in out.split(separator: Array("\r\n".utf8), omittingEmptySubsequences: false) {
            if line.count > 78 { return "a line of \(line.count) bytes" }
            if line.contains(10) || line.contains(13) { return "a line end that is none" }
        }
        if out[..<end.lowerBound].contains(where: { $0 >= 127 || $0 < 32 && $0 != 13 && $0 != 10 }) { return "a byte that no header may hold" }
        return nil
    }
}
