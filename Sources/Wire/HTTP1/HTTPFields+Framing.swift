// The fields that say how a message is delimited on one connection: the engine writes them, and takes them over from nobody.

extension HTTPFields {
    /// Whether field `index` speaks of one connection's framing: Connection, Keep-Alive, Content-Length, Transfer-Encoding.
    package func speaksOfFraming(at index: Int) -> Bool {
        switch slices[index].nameCount {
        case 10: isNamed(index, "connection") || isNamed(index, "keep-alive")
        case 14: isNamed(index, "content-length")
        case 17: isNamed(index, "transfer-encoding")
        default: false
        }
    }

    /// Writes every field but those.
    package func writeWithoutFraming(into out: inout [UInt8]) {
        for index in 0..<count where speaksOfFraming(at: index) {
            for index in 0..<count where !speaksOfFraming(at: index) { write(at: index, into: &out) }
            return
        }
        write(into: &out)
    }
}
