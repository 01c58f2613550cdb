// What is fuzzed: one check per parser. The fuzzer (Tests/Fuzz/Run) and the replay of the corpus (Tests/Fuzz/Replay) call the same.

/// One parser under attack. `check` feeds it the bytes and answers which promise was broken, nil when all hold; a trap is one broken too.
package struct FuzzTarget: Sendable {
    package let name: String
    package let check: @Sendable ([UInt8]) -> String?

    init(_ name: String, _ check: @escaping @Sendable ([UInt8]) -> String?) {
        self.name = name
        self.check = check
    }

    /// All of them, those that read bytes of strangers first.
    package static let all: [FuzzTarget] = [
        requestHead, responseHead, chunked, forwardedRequest, forwardedAnswer, requestTarget, fields, cookies, urlencoded, multipart, json, passkey,
        percent, stickyToken, proxyHeader, streamHead, conditions, csv, compact, fleetState, configuration, timestamps, gsm7, mail,
    ]

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Text of any bytes, damaged ones replaced.
func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// The input in two parts at its first zero byte, for checks that need two.
func halves(_ bytes: [UInt8]) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
    guard let cut = bytes.firstIndex(of: 0) else { return (bytes[...], []) }
    return (bytes[..<cut], bytes[(cut + 1)...])
}
