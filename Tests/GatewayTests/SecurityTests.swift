import AsyncHTTPClient
import Foundation
import LocalServers
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// What every answer tells a browser, and what the gateway accepts from nobody.
@Suite struct SecurityTests {
    @Test func everyAnswerTellsBrowsersWhatTheyMustNotDo() async throws {
        try await withGateway { gateway in
            for (path, token) in [
                ("/api/v1/assets", gateway.token), ("/api/v1/assets", ""), ("/api/v1/nothing", ""), ("/", ""),
                ("/healthz", ""), ("/openapi.json", ""), ("/nothing", ""),
            ] {
                let reply = try await gateway.send("GET", path, token: token)
                #expect(reply.headers.first(name: "x-content-type-options") == "nosniff", "\(path)")
                #expect(reply.headers.first(name: "referrer-policy") == "strict-origin-when-cross-origin")
                #expect(reply.headers.first(name: "x-frame-options") == "DENY")
                let policy = reply.headers["content-security-policy"]
                #expect(policy == ["default-src 'none'; base-uri 'none'; frame-ancestors 'none'"])
                #expect(!reply.headers.contains(name: "strict-transport-security"))
            }
            // The page of the API says what it needs.
            let page = try await gateway.send("GET", "/docs", token: "")
            #expect(page.headers["content-security-policy"].count == 1)
            #expect(page.headers.first(name: "content-security-policy")?.contains("style-src") == true)
        }
    }

    /// The page that the links of mails lead to: its secrets must not reach anybody else's code.
    @Test func thePageForAccountsLoadsOnlyItsOwnFilesAndHasNothingInline() async throws {
        try await withGateway { gateway in
            let page = try await gateway.send("GET", "/account", token: "")
            let html = String(buffer: page.body)
            #expect(page.status == 200)
            let policy = try #require(page.headers.first(name: "content-security-policy"))
            #expect(policy.contains("default-src 'self'") && !policy.contains("unsafe"))
            let files = html.matches(of: /<(?:script|link|img)[^>]* (?:src|href)="([^"]+)"/).map { String($0.1) }
            #expect(files == ["/account/page.css", "/account/page.js"])
            for (file, type) in zip(files, ["text/css", "text/javascript"]) {
                let reply = try await gateway.send("GET", file, token: "")
                #expect(reply.status == 200)
                #expect(reply.headers.first(name: "content-type")?.hasPrefix(type) == true)
            }
            for inline in ["<style", "style=", "onclick", "onsubmit", "<script>"] { #expect(!html.contains(inline)) }
        }
    }

    @Test func onlyOverTLSBrowsersAreToldToStayThere() async throws {
        let proxies = try #require(Networks("127.0.0.1,::1"))
        for (proxies, proto, isTold) in [
            (proxies, "https", true), (proxies, "http", false), (Networks.nobody, "https", false),
        ] {
            try await withGateway(proxies: proxies) { gateway in
                let headers = [("X-Forwarded-Proto", proto)]
                let reply = try await gateway.send("GET", "/healthz", token: "", headers: headers)
                #expect(reply.headers.contains(name: "strict-transport-security") == isTold)
            }
        }
    }

    /// A few bytes could become gigabytes; and no service unpacks bodies.
    @Test func aCompressedBodyIsRefused() async throws {
        try await withGateway { gateway in
            for encoding in ["gzip", "br", "deflate, gzip", "Zstd"] {
                let reply = try await gateway.send(
                    "POST",
                    "/api/v1/assets",
                    headers: [("Content-Encoding", encoding)],
                    body: .bytes(ByteBuffer(string: "{}"))
                )
                #expect(reply.status == 415)
                #expect(reply.code == "encoding_unsupported")
                #expect(reply.headers.first(name: "accept-encoding") == "identity")
            }
            #expect(gateway.seen.all.isEmpty)
            let plain = [("Content-Encoding", "identity")]
            #expect(try await gateway.send("POST", "/api/v1/assets", headers: plain).status == 200)
        }
    }
}
