// Whatever colour an organisation has, what is drawn with it can be read.
import Procedures
import Testing
@testable import Pages

struct BrandColourTests {
    /// A few thousand colours, evenly over the cube, its corners among them.
    private static let many: [Colour] = (0..<4096).map { number in Colour(Double(number & 15) * 17, Double(number >> 4 & 15) * 17, Double(number >> 8) * 17) }

    @Test func `contrast is as the guidelines compute it`() {
        #expect(abs(Colour.black.contrast(to: .white) - 21) < 0.001)
        #expect(abs((Colour("#767676")?.contrast(to: .white) ?? 0) - 4.54) < 0.01)
        #expect(Colour("#777777")?.contrast(to: .white) ?? 0 < 4.5)
    }

    @Test func `words in the colour, on the colour and in the bar hold 4.5 to 1, in light and dark`() {
        for colour in Self.many {
            let made = BrandColours(colour)
            for (accent, strong, ink, soft, grounds) in [
                (made.accent.light, made.accentStrong.light, made.accentInk.light, made.accentSoft.light, BrandColours.lightGround),
                (made.accent.dark, made.accentStrong.dark, made.accentInk.dark, made.accentSoft.dark, BrandColours.darkGround),
            ] {
                for ground in grounds + [soft] { #expect(accent.contrast(to: ground) >= 4.5, "\(colour.text) on \(ground.text)") }
                #expect(min(ink.contrast(to: accent), ink.contrast(to: strong)) >= 4.5, "\(colour.text): on a button")
            }
            for bar in [made.side.light, made.side.dark, made.sideOn.light, made.sideOn.dark] {
                for ink in BrandColours.sideInks { #expect(ink.contrast(to: bar) >= 4.5, "\(colour.text): \(ink.text) in the bar") }
            }
        }
    }

    @Test func `a colour that can be read is used as it is`() {
        #expect(BrandColours(Colour(10, 100, 112)).accent.light.text == "#0a6470")
    }

    @Test func `only colours become style, and the page's policy names that style`() throws {
        for text in ["#0a647", "0a6470", "#0a6470;}", "red", "</style>", "#0A647g", ""] { #expect(Colour(text) == nil, "\(text)") }
        var branding = Branding()
        branding.colour = "#0a6470</style><script>"
        #expect(BrandStyle.of(branding) == nil)
        branding.colour = "#7a1f5c"
        let style = try #require(BrandStyle.of(branding)), (css, hash) = (style.css, style.hash)
        #expect(css.hasPrefix(":root{--accent:light-dark(#7a1f5c,") && !css.contains("<"))
        #expect(Assets.contentSecurityPolicy(also: hash).contains("style-src 'self' \(hash);") && !Assets.contentSecurityPolicy(also: hash).contains("unsafe"))
    }
}
