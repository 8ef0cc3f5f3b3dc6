import Foundation
import HTTPTypes
import Hummingbird
import Localization
import ServiceKit
import Testing

/// The pages that daemons write themselves.
@Suite struct PlainPageTests {
    @Test func aPageSaysInWhichLanguageItIs() {
        for (language, direction) in [(Language.en, "ltr"), (.ar, "rtl"), (.zh, "ltr")] {
            let menu = LanguageMenu(at: "/a")
            let response = PlainPage("A & B", in: language, body: "<h1>A</h1>", languages: menu).response()
            let html = PlainPage.html("A & B", in: language, style: "", languages: menu, body: "", script: "")
            #expect(html.hasPrefix("<!doctype html><html lang=\"\(language.rawValue)\" dir=\"\(direction)\">"))
            #expect(html.contains("<title>A &amp; B – dCMMS</title>"))
            #expect(response.headers[.contentLanguage] == language.rawValue)
            #expect(response.headers[.vary] == "Accept-Language, Cookie")
            // All languages by their own names; the page's is marked.
            #expect(html.matches(of: /<button name="language"/).count == Language.allCases.count)
            #expect(html.matches(of: /aria-current="true">\s*([^<]+)</).map { String($0.1) } == [language.name])
        }
    }

    @Test func theLanguageIsTheChoiceOrWhatTheBrowserSays() {
        for (cookies, accepted, language) in [
            ("dcmms.language=de", "fr", Language.de), ("a=b; dcmms.language=ar; c=d", "fr", .ar),
            ("dcmms.language=xx", "fr", .fr), ("dcmms.language=", "fr", .fr), ("xdcmms.language=de", "fr", .fr),
        ] {
            #expect(Language(of: [.cookie: cookies, .acceptLanguage: accepted]) == language, "\(cookies)")
        }
        #expect(Language(of: [.acceptLanguage: "es"], locales: "hi") == .hi)
        #expect(Language(of: [:]) == .en)
    }

    /// A script of the console writes it, too.
    @Test func theChoiceIsKeptForAYearAndSentToUsOnly() {
        let attributes = "Max-Age=31536000; Path=/; SameSite=Lax"
        #expect(LanguageCookie.setting(.pt, isSecure: false) == "dcmms.language=pt; \(attributes)")
        #expect(LanguageCookie.setting(.pt, isSecure: true) == "dcmms.language=pt; \(attributes); Secure")
    }

    /// People come from these pages to the console and back: one design, light and dark.
    @Test func coloursAndSizesAreThoseOfTheConsole() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Services/Gateway/Web/shared/ui/tokens.css")
        let console = Self.themes(try String(contentsOf: file, encoding: .utf8))
        let ours = Self.themes(PageStyle.css)
        for (own, theirs) in zip([ours.light, ours.dark], [console.light, console.dark]) {
            #expect(own.count > 10)
            for (name, value) in own { #expect(theirs[name] == value, "--\(name)") }
        }
        // Whatever has a colour in the light has one in the dark.
        #expect(ours.dark.allSatisfy { ours.light[$0.key] != nil })
        let used = Set(PageStyle.css.matches(of: /var\(--([a-z-]+)\)/).map { String($0.1) })
        #expect(used == Set(ours.light.keys))
    }

    /// The properties outside and inside the media query for dark screens.
    private static func themes(_ css: String) -> (light: [String: String], dark: [String: String]) {
        let parts = css.components(separatedBy: "prefers-color-scheme")
        func properties(_ text: some StringProtocol) -> [String: String] {
            let found = String(text).matches(of: /--([a-z-]+):\s*([^;}]+)/)
            return Dictionary(found.map { (String($0.1), String($0.2).replacing("\n", with: "")) }) { first, _ in first
            }
        }
        return (properties(parts[0]), properties(parts[1]))
    }
}
