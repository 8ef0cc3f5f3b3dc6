import HTTPTypes
import Localization
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// The login page speaks the person's language, at every step.
@Suite struct LoginLanguageTests {
    @Test func theChoiceComesBeforeTheRequestAndTheBrowser() async throws {
        try await withAuth { (client, _, _) async throws in
            let browser = Browser(client: client)
            let wishes: [(String?, String?, String?, Language)] = [
                ("dcmms.language=de", "fr", "es", .de), (nil, "nl fr-CA", "es", .fr), (nil, nil, "hi,en;q=0.5", .hi),
                ("dcmms.language=tlh", nil, "nl", .en), (nil, nil, nil, .en),
            ]
            for (cookie, locales, accepted, language) in wishes {
                var headers = HTTPFields()
                headers[.cookie] = cookie
                headers[.acceptLanguage] = accepted
                let path = "/auth/authorize?\(browser.query(["ui_locales": locales]))"
                let page = try await client.send(.get, path, headers: headers)
                #expect(page.isIn(language), "\(page.text.prefix(200))")
                #expect(page.text.contains("<h1>\(Texts(in: language)(.loginTitle))</h1>"))
                #expect(page.headers[values: .setCookie].isEmpty)
            }
        }
    }

    /// Without a script: it is a form.
    @Test func whoChoosesALanguageGetsThePageInItAndKeepsIt() async throws {
        try await withAuth { (client, _, _) async throws in
            let browser = Browser(client: client)
            let first = try await browser.authorize(["tenant": "t", "prompt": "login"])
            // The form has all that the page needs again.
            let form = try #require(
                first.text.firstMatch(of: /<details id="languages">.*?<\/details>/.dotMatchesNewlines())
            )
            let fields = form.output.matches(of: /<input type="hidden" name="([a-z_]+)" value="([^"]*)">/)
                .map { (String($0.1), String($0.2)) }
            let path = "/auth/authorize?" + FormText.encoded(fields + [("language", "ar")])
            let page = try await client.send(
                .get,
                path,
                headers: [.acceptLanguage: "fr", .cookie: "dcmms.language=de"]
            )
            #expect(page.isIn(.ar))
            #expect(page.headers[.setCookie] == LanguageCookie.setting(.ar, isSecure: false))
            for field in ["name=\"tenant\" value=\"t\"", "name=\"prompt\" value=\"login\""] {
                #expect(page.text.contains(field))
            }
            // One that we do not speak changes nothing.
            let other = try await browser.authorize(["language": "tlh"])
            #expect(other.isIn(.en) && other.headers[.setCookie] == nil)
        }
    }

    /// The browser may have no cookie: the form carries on what the request has said.
    @Test func aRefusalIsInTheSameLanguage() async throws {
        try await withAuth { (client, _, _) async throws in
            let browser = Browser(client: client)
            let page = try await browser.authorize(["ui_locales": "ar"])
            #expect(page.text.contains("name=\"ui_locales\" value=\"ar\""))
            let typed = ["email": "admin@example.com", "password": "wrong horse", "ui_locales": "ar"]
            let wrong = try await browser.submit(typed)
            #expect(wrong.status == .unauthorized && wrong.isIn(.ar))
            #expect(wrong.text.contains(Texts(in: .ar)(.loginErrorCredentials)))
            #expect(wrong.englishWords.isEmpty, "\(wrong.englishWords)")
            // Those who hear the page are told at the field, which has the focus.
            let field = try #require(wrong.text.firstMatch(of: /<input name="password"[^>]*>/)).output
            for mark in ["aria-invalid=\"true\"", "aria-describedby=\"fault\"", "autofocus"] {
                #expect(field.contains(mark))
            }
            #expect(wrong.text.contains("id=\"fault\" role=\"alert\""))
        }
    }

    @Test func theSecondStepIsInTheSameLanguage() async throws {
        try await withAuth(policy: .byRole) { (client, _, _) async throws in
            let browser = Browser(client: client)
            let logIn = ["email": "admin@example.com", "password": "correct horse battery", "ui_locales": "zh"]
            let enrolment = try await browser.submit(logIn)
            #expect(enrolment.isIn(.zh) && enrolment.text.contains(Texts(in: .zh)(.enrolmentTitle)))
            #expect(enrolment.englishWords.isEmpty, "\(enrolment.englishWords)")
            let challenge = try #require(enrolment.text.firstMatch(of: /name="challenge" value="([^"]+)"/)?.1)
            let wrong = try await browser.submit([
                "challenge": String(challenge), "step": "enrolment", "code": "000000", "ui_locales": "zh",
            ])
            #expect(wrong.isIn(.zh) && wrong.text.contains(Texts(in: .zh)(.loginErrorCode)))
        }
    }

    /// What a problem says by itself is English, and for programs.
    @Test func noRefusalShowsAProblemsOwnWords() {
        let refusals: [Refusal] = [
            .credentials, .locked(seconds: 61), .challenge, .code, .wrongCode, .key, .keyRefused("has no type"),
            .keyTaken,
            .tooManyKeys, .noEnrolment, .tenantSuspended, .passwordsOff, .sessionEnded, .noRole,
        ]
        for refusal in refusals {
            let text = LoginFault(refusal.problem, Texts(in: .hi)).text
            #expect(!text.contains(refusal.problem.detail) && !text.contains(/[A-Za-z]{2}/), "\(text)")
        }
        #expect(LoginFault(Refusal.locked(seconds: 61).problem, Texts(in: .en)).text.contains("in 2 minutes"))
        #expect(LoginFault(Refusal.locked(seconds: 60).problem, Texts(in: .en)).text.contains("in a minute"))
    }
}

extension ServiceAnswer {
    fileprivate func isIn(_ language: Language) -> Bool {
        headers[.contentLanguage] == language.rawValue
            && text.contains("<html lang=\"\(language.rawValue)\" dir=\"\(language.direction)\">")
    }

    /// What a person reads on the page in Latin letters, without what has no other name.
    fileprivate var englishWords: [String] {
        text.replacing(/<(style|script|details|code)\b.*?<\/\1>/.dotMatchesNewlines(), with: "")
            .replacing(/<title>|dCMMS|<[^>]*>/, with: " ").matches(of: /[A-Za-z]{2,}/).map { String($0.output) }
    }
}
