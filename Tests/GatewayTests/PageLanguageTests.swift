import Foundation
import HTTPTypes
import HummingbirdCore
import Localization
import NIOCore
import NIOHTTP1
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The gateway's own pages speak the person's language, and it hands on to auth what tells it.
@Suite struct PageLanguageTests {
    @Test func aRefusalIsInThePersonsLanguage() async throws {
        try await withBrowsers { (browsers) async throws in
            for (headers, query, language) in [
                ([("Accept-Language", "fr;q=0.5, hi")], "", Language.hi),
                ([("Accept-Language", "fr"), ("Cookie", "dcmms.language=ar")], "", .ar),
                ([("Accept-Language", "fr")], "?ui_locales=zh-CN", .zh), ([], "", .en),
            ] as [([(String, String)], String, Language)] {
                let html = [("Accept", "text/html")]
                let path = "/auth/callback\(query)"
                let reply = try await browsers.gateway.send("GET", path, token: "", headers: html + headers)
                #expect(reply.status == 400 && reply.isIn(language))
                #expect(String(buffer: reply.body).contains(Texts(in: language).html(.refusalOtherTitle)))
            }
        }
    }

    /// People see one page for each kind of refusal, and none of it is English.
    @Test func noRefusalHasEnglishWords() {
        for code in [400, 401, 403, 404, 405, 408, 409, 413, 429, 500, 502, 503, 504] {
            let (title, text) = BrowserProblems.words(for: .init(code: code))
            for words in [Texts(in: .ar)(title), Texts(in: .ar)(text)] {
                #expect(!words.contains(/[A-Za-z]/), "\(words)")
            }
        }
    }

    @Test func theAccountPageIsInThePersonsLanguage() async throws {
        try await withGateway { gateway in
            let german = [("Accept-Language", "de")]
            let page = try await gateway.send("GET", "/account", token: "", headers: german)
            #expect(page.isIn(.de) && page.headers["vary"] == ["Accept-Language, Cookie"])
            #expect(!page.headers.contains(name: "set-cookie"))
            let chosen = try await gateway.send("GET", "/account?language=ar", token: "", headers: german)
            #expect(chosen.isIn(.ar))
            #expect(chosen.headers["set-cookie"].first?.hasPrefix("dcmms.language=ar; Max-Age=31536000") == true)
            let text = String(buffer: chosen.body).replacing(/<details.*?<\/details>/.dotMatchesNewlines(), with: "")
            let words = text.replacing(/dCMMS|JavaScript/, with: "").matches(of: />[^<]*[A-Za-z]{2}[^<]*</)
            #expect(words.isEmpty, "\(words.map { String($0.output) })")
            // The script has no words of its own.
            let script = String(buffer: try await gateway.send("GET", "/account/page.js", token: "").body)
            let code = script.replacing(/\/\/[^\n]*/, with: "")
            #expect(!code.contains(/"[A-Z][a-z]+ [a-z]+/))
        }
    }

    @Test func authLearnsWhatTheBrowserAndTheConsoleSay() async throws {
        try await withBrowsers { (browsers) async throws in
            let login = try await browsers.begin("?ui_locales=fr-CA%20fr")
            #expect(
                URLComponents(string: login.location)?.queryItems?.first { $0.name == "ui_locales" }?.value
                    == "fr-CA fr"
            )
            let other = try await browsers.begin("")
            #expect(!other.location.contains("ui_locales"))
            let headers = [("Cookie", "dcmms.language=de; \(login.cookie)"), ("Accept-Language", "pt-BR, pt;q=0.9")]
            _ = try await browsers.gateway.send("GET", "/auth/authorize", token: "", headers: headers)
            let request = try #require(browsers.gateway.seen.all.last)
            #expect(request.headers[.cookie] == "dcmms.language=de")
            #expect(request.headers[.acceptLanguage] == "pt-BR, pt;q=0.9")
        }
    }
}

extension Reply {
    fileprivate func isIn(_ language: Language) -> Bool {
        headers["content-language"] == [language.rawValue]
            && String(buffer: body).contains("<html lang=\"\(language.rawValue)\" dir=\"\(language.direction)\">")
    }
}
