// How often an OPTIONS may still be forwarded (RFC 9110 7.6.2); TRACE, the other method it is for, is refused anyway.
import Engine
import Wire

enum MaxForwards {
    /// The lowest count an OPTIONS came with; nil without one, and for methods it means nothing for. What is no number is ignored:
    /// the rule asks only those who can read it.
    static func left(_ head: RequestHead) -> Int? {
        guard head.method == .options else { return nil }
        return (0..<head.fields.count).compactMap { head.fields.isNamed($0, "max-forwards") ? number(head.fields.valueBytes(at: $0)) : nil }.min()
    }

    /// 1*DIGIT; a count beyond nine digits is as good as none.
    static func number(_ value: ArraySlice<UInt8>) -> Int? {
        guard (1...9).contains(value.count), value.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return value.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    /// We are the one it was meant for: the answer tells what may be asked here.
    static func answer() -> HTTPResponse { HTTPResponse(status: .noContent, fields: ["Allow": PublicHandler.allowed, "Cache-Control": "no-store"]) }
}
