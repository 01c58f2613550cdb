// The stickiness cookie in a message: found and taken out of a request, written into an answer.
import Wire

/// Over HTTPS the cookie is `__Host-fitech-node`, which a browser takes from this host over TLS only. Clear proxying (a plain
/// load balancer) cannot use that prefix, so there it is `fitech-node`.
package struct StickyCookie: Sendable {
    package let name: [UInt8]
    private let beforeValue: [UInt8]
    private let afterValue: [UInt8]

    package init(isSecure: Bool) {
        let text = isSecure ? "__Host-fitech-node" : "fitech-node"
        name = Array(text.utf8)
        beforeValue = Array("\(text)=".utf8)
        afterValue = Array((isSecure ? "; Path=/; Secure; HttpOnly; SameSite=Lax" : "; Path=/; HttpOnly; SameSite=Lax").utf8)
    }

    /// The value of a `Set-Cookie` field that carries `token`. Without `Max-Age`: it ends with the browser, or by the token's own dates.
    package func setCookie(_ token: [UInt8]) -> [UInt8] { beforeValue + token + afterValue }

    /// Copies a `Cookie` field's value without our cookie behind `out`, and gives the range of our cookie's value in `value`
    /// (the first, should there be several; all are left out). `out` grows by nothing when no other cookie is there.
    package func takeOut(of value: ArraySlice<UInt8>, into out: inout [UInt8]) -> Range<Int>? {
        var found: Range<Int>?
        var start = value.startIndex
        let begin = out.count
        while start < value.endIndex {
            var end = start
            while end < value.endIndex, value[end] != UInt8(ascii: ";") { end += 1 }
            var first = start, last = end
            while first < last, value[first] == 32 || value[first] == 9 { first += 1 }
            while last > first, value[last - 1] == 32 || value[last - 1] == 9 { last -= 1 }
            if last - first > name.count, value[first + name.count] == UInt8(ascii: "="), value[first..<first + name.count].elementsEqual(name) {
                if found == nil { found = first + name.count + 1..<last }
            } else if first < last {
                if out.count > begin { out += [UInt8(ascii: ";"), 32] }
                out += value[first..<last]
            }
            start = end + 1
        }
        return found
    }

    /// Whether `value` could hold our cookie at all: a quick look that spares most requests the copying.
    package func mayBeIn(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.count > name.count else { return false }
        let last = value.endIndex - name.count
        var at = value.startIndex
        while at < last {
            if value[at] == name[0], value[at..<at + name.count].elementsEqual(name) { return true }
            at += 1
        }
        return false
    }
}
