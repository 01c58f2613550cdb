// Which content codings a client takes (RFC 9110 12.5.3).

/// What `Accept-Encoding` says of the two codings we know.
package struct AcceptedCodings: Hashable, Sendable {
    /// Weights in thousandths; 0 means: not that.
    package let gzip: Int
    package let identity: Int

    package init(_ fields: HTTPFields) {
        var gzip: Int?, identity: Int?, any: Int?
        for index in 0..<fields.count where fields.isNamed(index, "accept-encoding") {
            for member in FieldList.members(fields.valueBytes(at: index)) {
                let parts = member.split(separator: 59, omittingEmptySubsequences: false).map { AcceptedCodings.trimmed($0) }
                guard let name = parts.first, let weight = AcceptedCodings.weight(parts.dropFirst()) else { continue }
                switch String(decoding: name.map(Octet.lower), as: UTF8.self) {
                case "gzip", "x-gzip": gzip = weight
                case "identity": identity = weight
                case "*": any = weight
                default: break
                }
            }
        }
        self.gzip = gzip ?? any ?? 0
        // Identity is taken unless it is excluded by name, or by `*` without its name.
        self.identity = identity ?? (any == 0 ? 0 : 1)
    }

    /// RFC 9110 12.4.2: `q=0.7`, at most three digits. Nil for anything else: such a member is as if it were not there.
    private static func weight(_ parameters: ArraySlice<ArraySlice<UInt8>>) -> Int? {
        guard let parameter = parameters.first else { return 1000 }
        guard parameters.count == 1, parameter.count >= 3, Octet.lower(parameter[parameter.startIndex]) == 113, parameter[parameter.startIndex + 1] == 61
        else { return nil }
        let value = parameter.dropFirst(2)
        guard let whole = value.first, whole == 48 || whole == 49, value.count <= 5 else { return nil }
        let fraction = value.dropFirst()
        guard fraction.isEmpty || fraction.first == 46, fraction.dropFirst().allSatisfy(Octet.isDigit) else { return nil }
        var thousandths = 0, place = 100
        for digit in fraction.dropFirst() {
            thousandths += Int(digit - 48) * place
            place /= 10
        }
        if whole == 49 { return thousandths == 0 ? 1000 : nil }
        return thousandths
    }

    private static func trimmed(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let begun = part.drop { $0 == 32 || $0 == 9 }
        return begun.lastIndex { $0 != 32 && $0 != 9 }.map { begun[...$0] } ?? begun
    }

    /// The coding to send what exists in both: compressed where it is liked no less. Nil: neither is taken.
    package func choice(hasGzip: Bool) -> Coding? {
        if hasGzip, gzip > 0, gzip >= identity { return .gzip }
        if identity > 0 { return .identity }
        return hasGzip && gzip > 0 ? .gzip : nil
    }

    package enum Coding: Hashable, Sendable { case identity, gzip }
}
