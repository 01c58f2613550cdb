// Colours made of an organisation's own: whatever it is, what is drawn with it can be read (WCAG 2.2 1.4.3 and 1.4.11).
import Digests
import Glibc
import Procedures
import Synchronization
import Wire

/// An sRGB colour.
struct Colour: Equatable, Sendable {
    /// 0 to 255.
    var red, green, blue: Double

    init(_ red: Double, _ green: Double, _ blue: Double) { (self.red, self.green, self.blue) = (red, green, blue) }

    /// `#0a6470`; nil for anything else.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 7, bytes[0] == UInt8(ascii: "#") else { return nil }
        var parts: [Double] = []
        for place in [1, 3, 5] {
            guard let high = Octet.hexValue(bytes[place]), let low = Octet.hexValue(bytes[place + 1]) else { return nil }
            parts.append(Double(high) * 16 + Double(low))
        }
        self.init(parts[0], parts[1], parts[2])
    }

    var text: String {
        func two(_ part: Double) -> String { Hex.encode([UInt8(min(255, max(0, part.rounded())))]) }
        return "#" + two(red) + two(green) + two(blue)
    }

    /// As it comes out when it is written as text.
    var drawn: Colour { Colour(red.rounded(), green.rounded(), blue.rounded()) }

    func mixed(with other: Colour, _ share: Double) -> Colour {
        Colour(red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share)
    }

    /// Relative luminance (WCAG 2.2, definitions).
    var luminance: Double {
        func linear(_ part: Double) -> Double {
            let value = part / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// 1 to 21.
    func contrast(to other: Colour) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /// The nearest on the way to black or white that has this contrast to all of `others`.
    func readable(on others: [Colour], _ ratio: Double, towards end: Colour) -> Colour {
        for step in 0...100 {
            let tried = mixed(with: end, Double(step) / 100).drawn
            if others.allSatisfy({ tried.contrast(to: $0) >= ratio }) { return tried }
        }
        return end
    }

    static let black = Colour(0, 0, 0), white = Colour(255, 255, 255)
}

/// The tokens of the style sheet that an organisation's colour sets, light and dark.
struct BrandColours: Sendable {
    var accent, accentStrong, accentInk, accentSoft, side, sideOn: (light: Colour, dark: Colour)

    // Of Tokens.swift: what these colours are drawn on, and what is drawn on them.
    static let lightGround = ["#ffffff", "#f4f6f7", "#edf1f2"].compactMap(Colour.init), darkGround = ["#0e1417", "#161e22", "#1c262b"].compactMap(Colour.init)
    static let sideInks = ["#ffffff", "#d9eaed", "#9fc0c6"].compactMap(Colour.init)

    init(_ colour: Colour) {
        let soft = (light: colour.mixed(with: .white, 0.88).drawn, dark: colour.mixed(with: Colour(14, 20, 23), 0.78).drawn)
        accentSoft = soft
        let light = colour.readable(on: Self.lightGround + [soft.light], 4.6, towards: .black)
        let dark = colour.readable(on: Self.darkGround + [soft.dark], 4.6, towards: .white)
        accent = (light, dark)
        accentStrong = (light.mixed(with: .black, 0.2).drawn, dark.mixed(with: .white, 0.3).drawn)
        // On a button: whichever of the two ends can be read, on it and on what it becomes under the pointer.
        func ink(_ on: Colour, _ strong: Colour) -> Colour { [.white, .black].max { min($0.contrast(to: on), $0.contrast(to: strong)) < min($1.contrast(to: on), $1.contrast(to: strong)) } ?? .white }
        accentInk = (ink(light, accentStrong.light), ink(dark, accentStrong.dark))
        // The bar stays dark, as the words in it are light.
        sideOn = (colour.readable(on: Self.sideInks, 4.6, towards: .black), colour.mixed(with: .black, 0.35).readable(on: Self.sideInks, 4.6, towards: .black))
        side = (sideOn.light.mixed(with: .black, 0.35).drawn, sideOn.dark.mixed(with: .black, 0.5).drawn)
    }

    var css: String {
        let tokens = [("accent", accent), ("accent-strong", accentStrong), ("accent-ink", accentInk), ("accent-soft", accentSoft), ("side", side), ("side-on", sideOn)]
        return ":root{" + tokens.map { "--\($0.0):light-dark(\($0.1.light.text),\($0.1.dark.text))" }.joined(separator: ";") + "}"
    }
}

/// What a page carries of an organisation's look: a few colours inside itself, so that nothing more is fetched before it is painted.
package struct BrandStyle: Sendable {
    /// The style element's text.
    let css: String
    /// The source expression that lets a page carry it (CSP Level 3, hash-source).
    package let hash: String

    /// Nil for the portal's own colours. Worked out once for a colour: it takes longer than the rest of a page.
    package static func of(_ branding: Branding?) -> BrandStyle? {
        guard let text = branding?.colour, let colour = Colour(text) else { return nil }
        if let known = made.withLock({ $0[text] }) { return known }
        let css = BrandColours(colour).css
        let style = BrandStyle(css: css, hash: "'sha256-\(Base64.encode(Digest.sha256(Array(css.utf8))))'")
        made.withLock { made in
            if made.count >= most { made = [:] }
            made[text] = style
        }
        return style
    }

    /// Colours kept; a house has as many as customers.
    private static let most = 1000
    private static let made = Mutex<[String: BrandStyle]>([:])
}
