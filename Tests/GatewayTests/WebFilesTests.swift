import Foundation
import HTTPTypes
import LocalServers
import NIOCore
import NIOHTTP1
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The files of the web apps, as the gateway serves them.
@Suite struct WebFilesTests {
    private static let script = "/assets/main-5JX2K4QB.js"

    /// A folder like that of a build.
    private static func folder() throws -> URL {
        let folder = TestServers.directory.appending(path: "web-\(UUID().uuidString)")
        let root = folder.appending(path: "root")
        try FileManager.default.createDirectory(
            at: root.appending(path: "assets"),
            withIntermediateDirectories: true
        )
        for (path, text) in [
            ("index.html", "<!doctype html>the app"), ("field/index.html", "<!doctype html>the field app"),
            ("favicon.ico", "icon"), (String(script.dropFirst()), "plain"),
            ("\(script.dropFirst()).br", "as brotli"), ("\(script.dropFirst()).gz", "as gzip"), ("only.gz", "archive"),
            ("../secret.txt", "secret"),
        ] {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        try FileManager.default.createSymbolicLink(
            at: root.appending(path: "link.txt"),
            withDestinationURL: folder.appending(path: "secret.txt")
        )
        return root
    }

    private func withWeb(
        map: MapTiles = .none,
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await withGateway(web: try WebRoot(folder: Self.folder().path, map: map), body)
    }

    @Test func aFileWithAHashInItsNameIsKeptForEverAndAPageIsNot() async throws {
        try await withWeb { gateway in
            let script = try await gateway.send("GET", Self.script, token: "")
            #expect(script.status == 200)
            #expect(String(buffer: script.body) == "plain")
            #expect(script.headers.first(name: "cache-control") == "public, max-age=31536000, immutable")
            #expect(script.headers.first(name: "content-type") == "text/javascript; charset=utf-8")
            #expect(script.headers.first(name: "x-content-type-options") == "nosniff")
            for path in ["/", "/index.html", "/favicon.ico", "/field/"] {
                let page = try await gateway.send("GET", path, token: "")
                #expect(page.status == 200)
                #expect(page.headers.first(name: "cache-control") == "no-cache")
            }
            let field = try await gateway.send("GET", "/field", token: "")
            #expect(String(buffer: field.body).hasSuffix("the field app"))
        }
    }

    @Test func theBestEncodingIsSentAndEachHasItsTag() async throws {
        try await withWeb { gateway in
            var tags: Set<String> = []
            for (accepted, text, encoding) in [
                ("gzip, br", "as brotli", "br"), ("gzip", "as gzip", "gzip"), ("br;q=0, gzip;q=0.5", "as gzip", "gzip"),
                ("*", "as brotli", "br"), ("identity", "plain", nil as String?),
            ] {
                let headers = [("Accept-Encoding", accepted)]
                let reply = try await gateway.send("GET", Self.script, token: "", headers: headers)
                #expect(String(buffer: reply.body) == text)
                #expect(reply.headers.first(name: "content-encoding") == encoding)
                #expect(reply.headers.first(name: "vary") == "Accept-Encoding")
                let tag = try #require(reply.headers.first(name: "etag"))
                tags.insert(tag)
                let known = [("Accept-Encoding", accepted), ("If-None-Match", "\"other\", W/\(tag)")]
                let again = try await gateway.send("GET", Self.script, token: "", headers: known)
                #expect(again.status == 304)
                #expect(again.body.readableBytes == 0)
                #expect(again.headers.first(name: "etag") == tag)
                let head = try await gateway.send("HEAD", Self.script, token: "", headers: headers)
                #expect(head.status == 200)
                #expect(head.headers.first(name: "content-length") == "\(text.utf8.count)")
                #expect(head.body.readableBytes == 0)
            }
            #expect(tags.count == 3)
        }
    }

    @Test func onlyPagesFallBackToTheApp() async throws {
        try await withWeb { gateway in
            let asPage = [("Accept", "text/html,*/*;q=0.8")]
            let deep = try await gateway.send("GET", "/workorders/17", token: "", headers: asPage)
            #expect(String(buffer: deep.body) == "<!doctype html>the app")
            for (path, headers) in [
                ("/workorders/17", [("Accept", "application/json")]), ("/assets/missing.js", asPage),
                ("/api/v1/nothing", asPage), ("/api", asPage),
            ] {
                let reply = try await gateway.send("GET", path, token: "", headers: headers)
                #expect(reply.status == 404, "\(path)")
                #expect(reply.code == "no_route")
            }
            // The API is still there.
            #expect(try await gateway.send("GET", "/api/v1/assets").status == 200)
            #expect(try await gateway.send("GET", "/openapi.json", token: "").status == 200)
        }
    }

    @Test(arguments: [
        "/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/link.txt",
        "/assets/..%5c..%5csecret.txt", "//secret.txt", "/./index.html", "/%00", "/only", "/assets/main-5JX2K4QB.js.br",
    ])
    func nothingOutsideTheFolderIsServed(path: String) async throws {
        try await withWeb { gateway in
            let port = try #require(URL(string: gateway.url)?.port)
            // The client must not tidy the path.
            let head = "GET \(path) HTTP/1.1\r\nHost: case.example\r\nAccept: */*\r\nConnection: close\r\n\r\n"
            let answer = try await onThread {
                let socket = try RawSocket(port: port)
                socket.send(head)
                return socket.rest(within: 60_000).text
            }
            #expect(answer.hasPrefix("HTTP/1.1 404"), "\(answer.prefix(200))")
            #expect(!answer.contains("secret"))
        }
    }

    @Test func thePolicyOfPagesAllowsNothingInlineAndNothingFromElsewhere() async throws {
        try await withWeb { gateway in
            let page = try await gateway.send("GET", "/", token: "")
            let policy = try #require(page.headers.first(name: "content-security-policy"))
            #expect(policy.contains("default-src 'self'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            for word in ["unsafe-inline", "unsafe-eval", "http:", "*"] { #expect(!policy.contains(word)) }
        }
    }

    @Test func picturesOfTheMapComeFromWhereTheOperatorSaysAndNothingElseDoes() async throws {
        var map = try #require(MapTiles("https://Tiles.example.com:8443/{z}/{x}/{y}.png?key=a;b"))
        map.attribution = "© \"Somebody\""
        try await withWeb(map: map) { gateway in
            let page = try await gateway.send("GET", "/", token: "")
            let policy = try #require(page.headers.first(name: "content-security-policy"))
            let pictures = policy.split(separator: ";").first { $0.hasPrefix(" img-src") }
            #expect(pictures == " img-src 'self' data: blob: https://tiles.example.com:8443")
            #expect(policy.components(separatedBy: "https:").count == 2)
            let told = try await gateway.send("GET", "/map.json", token: "")
            #expect(told.headers.first(name: "cache-control") == "no-cache")
            #expect(
                String(buffer: told.body)
                    == #"{"attribution":"© \"Somebody\"","tiles":"https://Tiles.example.com:8443/{z}/{x}/{y}.png?key=a;b"}"#
            )
        }
        try await withWeb { gateway in
            let told = try await gateway.send("GET", "/map.json", token: "")
            #expect(String(buffer: told.body) == #"{"attribution":null,"tiles":null}"#)
        }
    }

    @Test(
        arguments: [
            ("", nil, nil), ("/tiles/{z}/{x}/{y}.png", "/tiles/{z}/{x}/{y}.png", nil),
            ("https://a.example/{z}/{x}/{y}", "https://a.example/{z}/{x}/{y}", "https://a.example"),
        ] as [(String, String?, String?)]
    )
    func anAddressOfPicturesIsRead(text: String, template: String?, origin: String?) throws {
        let tiles = try #require(MapTiles(text))
        #expect(tiles.template == template)
        #expect(tiles.origin == origin)
    }

    @Test(arguments: [
        "http://a.example/{z}/{x}/{y}", "//a.example/{z}/{x}/{y}", "/\\a.example/{z}/{x}/{y}",
        "https://a.example/{z}/{x}",
        "https://{s}.a.example/{z}/{x}/{y}", "https://a.example;script-src/{z}/{x}/{y}", "https://*/{z}/{x}/{y}",
        "https://a@b.example/{z}/{x}/{y}", "https:///{z}/{x}/{y}", "https://a.example/{z}/{x}/{y} b",
        "tiles/{z}/{x}/{y}",
        "https://a.example?{z}{x}{y}", "https://a.example'/{z}/{x}/{y}",
    ])
    func whatIsNoAddressOfPicturesIsRefused(text: String) {
        #expect(MapTiles(text) == nil)
    }

    @Test(arguments: [
        ("/assets/main-5JX2K4QB.js", true), ("/assets/chunk-ABCDEFGH.js", true), ("/app.3f9a1c2b.css", true),
        ("/index.html", false), ("/pages/about-5JX2K4QB.html", false), ("/service-worker.js", false),
        ("/web-application.js", false), ("/favicon.ico", false), ("/main.js", false), ("/a-1.js", false),
    ])
    func aHashIsToldFromAWord(path: String, isHashed: Bool) {
        #expect(WebPolicy.cacheControl(of: path).contains("immutable") == isHashed)
    }

    @Test func aFolderWithoutAPageIsRefused() throws {
        #expect(throws: ConfigurationError.self) { try WebRoot(folder: "/nothing/there") }
        let empty = TestServers.directory.appending(path: "web-empty-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        #expect(throws: ConfigurationError.self) { try WebRoot(folder: empty.path) }
    }
}
