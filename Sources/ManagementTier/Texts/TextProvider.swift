// The SMS providers of the configuration, each with its secret and its health.
import Control
import Glibc
import Logging
import Outbound
import Storage
import Wire

struct TextProvider: Sendable {
    let name: String
    let countries: [String]
    var kannel: KannelProvider
    /// Whether it can report receipts to the portal's own address.
    let canReachUs: Bool
    /// When it last failed; the healthy are asked first.
    var failed: Milliseconds?

    /// Those that are there: a provider whose secret is missing counts as absent, with a line in the log.
    static func all(of sms: Configuration.SMS, log: Logger) -> [TextProvider] {
        sms.providers.compactMap { provider in
            guard let secret = secret(of: provider) else {
                log.notice("SMS provider is absent: its secret is nowhere, texts go to outbox/", metadata: ["provider": "\(provider.name)"])
                return nil
            }
            return TextProvider(
                name: provider.name, countries: provider.countries,
                kannel: KannelProvider(url: provider.url, user: provider.user ?? "", secret: secret, from: provider.from),
                canReachUs: provider.url.contains("://127.0.0.1") || provider.url.contains("://localhost") || provider.url.contains("://[::1]"))
        }
    }

    private static func secret(of provider: Configuration.SMSProvider) -> String? {
        if let value = getenv(provider.secretVariable), !provider.secretVariable.isEmpty { return String(cString: value) }
        guard let path = provider.secretFile else { return "" }
        guard let bytes = try? DurableFiles.read(path) else { return nil }
        var text = String(decoding: bytes, as: UTF8.self)
        while let last = text.unicodeScalars.last, last == "\n" || last == "\r" { text.unicodeScalars.removeLast() }
        return text
    }

    /// Whether it may text this number.
    func serves(_ number: String) -> Bool {
        countries.isEmpty || countries.contains { code in CountryCode.prefixes[code].map { number.hasPrefix($0) } ?? false }
    }
}

/// The beginnings of numbers by ISO 3166 country (ITU E.164), for the countries technicians live in and their neighbours.
enum CountryCode {
    static let prefixes = [
        "GB": "+44", "AU": "+61", "NZ": "+64", "IE": "+353", "US": "+1", "CA": "+1", "DE": "+49", "FR": "+33", "ES": "+34", "PT": "+351",
        "IT": "+39", "NL": "+31", "BE": "+32", "CH": "+41", "AT": "+43", "DK": "+45", "SE": "+46", "NO": "+47", "FI": "+358", "PL": "+48",
        "CZ": "+420", "SG": "+65", "IN": "+91", "JP": "+81", "ZA": "+27", "HK": "+852", "AE": "+971",
    ]
}

/// A mobile number as it is dialled from anywhere (E.164).
enum PhoneNumber {
    /// Nil when it is none: `+`, then 8 to 15 digits, not beginning with 0. Spaces, dashes and brackets are left out.
    static func normalised(_ text: String) -> String? {
        let kept = text.unicodeScalars.filter { !" -().\u{A0}".unicodeScalars.contains($0) }
        let number = String(String.UnicodeScalarView(kept))
        let digits = number.dropFirst()
        guard number.hasPrefix("+"), (8...15).contains(digits.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), digits.first != "0"
        else { return nil }
        return number
    }
}
