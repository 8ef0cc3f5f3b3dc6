import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import NIOHTTP1
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Pages of other origins use the API as their tenants permit it: with a token, never with the cookie.
@Suite struct CrossOriginTests {
    private static let app = "https://app.sunfield.example"
    private static let windward = TenantID(UUID())

    /// Sunfield allows one origin, Windward another one.
    private func withOrigins(
        service: (Seen) -> Router<BasicRequestContext> = echo,
        _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await withGateway(service: service) { gateway in
            gateway.authority.authenticator.learn(.sample(allowedOrigins: [Self.app]))
            gateway.authority.authenticator.learn(
                .sample(Self.windward, allowedOrigins: ["https://app.windward.example"])
            )
            try await body(gateway)
        }
    }

    private static func granted(_ reply: Reply) -> [String] {
        reply.headers.filter { $0.name.lowercased().hasPrefix("access-control-") }.map { $0.name.lowercased() }.sorted()
    }

    @Test func aPreflightOfAnAllowedOriginListsWhatItMayDo() async throws {
        try await withOrigins { gateway in
            let headers = [("Origin", Self.app), ("Access-Control-Request-Method", "POST")]
            let reply = try await gateway.send("OPTIONS", "/api/v1/workorders", token: "", headers: headers)
            #expect(reply.status == 204)
            #expect(reply.headers["access-control-allow-origin"] == [Self.app])
            #expect(reply.headers["access-control-allow-methods"] == ["GET, POST"])
            #expect(reply.headers.first(name: "access-control-allow-headers")?.contains("Idempotency-Key") == true)
            #expect(reply.headers["access-control-max-age"] == ["600"])
            #expect(reply.headers["vary"] == ["Origin"])
            // The cookie is no use to such a page.
            #expect(!reply.headers.contains(name: "access-control-allow-credentials"))
            #expect(gateway.seen.all.isEmpty)
            // The gateway's own route is known as well.
            let stream = [("Origin", Self.app), ("Access-Control-Request-Method", "GET")]
            let live = try await gateway.send("OPTIONS", "/api/v1/live", token: "", headers: stream)
            #expect(live.headers["access-control-allow-origin"] == [Self.app])
        }
    }

    @Test(
        arguments: [
            ("https://other.example", "POST", "/api/v1/workorders"), ("null", "POST", "/api/v1/workorders"),
            ("*", "POST", "/api/v1/workorders"), ("http://app.sunfield.example", "POST", "/api/v1/workorders"),
            ("https://app.sunfield.example:8443", "POST", "/api/v1/workorders"),
            ("https://app.sunfield.example.evil.example", "POST", "/api/v1/workorders"),
            ("https://APP.sunfield.example", "POST", "/api/v1/workorders"), (app, "DELETE", "/api/v1/workorders"),
            (app, "", "/api/v1/workorders"), (app, "POST", "/api/v1/nothing"), (app, "POST", "/auth/logout"),
            (app, "GET", "/auth/session"), (app, "GET", "/ws"),
        ]
    )
    func anythingElseIsNotPermitted(origin: String, method: String, path: String) async throws {
        try await withOrigins { gateway in
            var headers = [("Origin", origin)]
            if !method.isEmpty { headers.append(("Access-Control-Request-Method", method)) }
            let reply = try await gateway.send("OPTIONS", path, token: "", headers: headers)
            #expect(Self.granted(reply).isEmpty, "\(reply.headers)")
        }
    }

    @Test func aPageReadsWhatItsTenantAllows() async throws {
        try await withOrigins(service: { seen in
            let router = Router()
            router.get("/**") { request, _ in
                seen.note(request)
                return Response(status: .ok, headers: [.vary: "Accept-Language", .eTag: "\"1\""])
            }
            return router
        }) { gateway in
            let headers = [("Origin", Self.app)]
            let reply = try await gateway.send("GET", "/api/v1/assets", headers: headers)
            #expect(reply.status == 200)
            #expect(reply.headers["access-control-allow-origin"] == [Self.app])
            #expect(reply.headers.first(name: "access-control-expose-headers")?.contains("ETag") == true)
            #expect(reply.headers["vary"] == ["Accept-Language, Origin"])
            #expect(!reply.headers.contains(name: "access-control-allow-credentials"))
            // Also why it is refused: it has to renew its token.
            let refused = try await gateway.send("GET", "/api/v1/assets", token: "x", headers: headers)
            #expect((refused.status, refused.headers["access-control-allow-origin"]) == (401, [Self.app]))
            #expect(refused.headers["vary"] == ["Origin"])
            // Without an origin, caches still have to know.
            #expect(try await gateway.send("GET", "/api/v1/workorders").headers["vary"] == ["Accept-Language, Origin"])
            #expect(gateway.seen.all.count == 2)
        }
    }

    /// At the preflight nobody is known: what one tenant allows, another one's people must not be exposed to.
    @Test func aPageThatAnotherTenantAllowsIsRefusedBeforeAnythingHappens() async throws {
        try await withOrigins { gateway in
            for origin in ["https://app.windward.example", "https://other.example", "null"] {
                let headers = [("Origin", origin)]
                for path in ["/api/v1/workorders", "/api/v1/live"] {
                    let reply = try await gateway.send("GET", path, headers: headers)
                    #expect((reply.status, reply.code) == (403, "origin_not_allowed"), "\(origin) \(path)")
                    #expect(Self.granted(reply).isEmpty)
                }
                #expect(try await gateway.send("POST", "/api/v1/workorders", headers: headers).status == 403)
            }
            #expect(gateway.seen.all.isEmpty)
            // Our own pages need no permission, by whichever name they are reached.
            for own in [site, gateway.url] {
                let reply = try await gateway.send("POST", "/api/v1/workorders", headers: [("Origin", own)])
                #expect(reply.status == 200)
                #expect(Self.granted(reply).isEmpty)
            }
        }
    }

    @Test func anOriginThatIsRemovedIsNoLongerAllowed() async throws {
        try await withOrigins { gateway in
            gateway.authority.authenticator.learn(.sample(allowedOrigins: []))
            let reply = try await gateway.send("GET", "/api/v1/assets", headers: [("Origin", Self.app)])
            #expect((reply.status, Self.granted(reply)) == (403, []))
            gateway.authority.authenticator.forgetTenant(Self.windward)
            let headers = [("Origin", "https://app.windward.example"), ("Access-Control-Request-Method", "GET")]
            #expect(
                Self.granted(try await gateway.send("OPTIONS", "/api/v1/assets", token: "", headers: headers)).isEmpty
            )
        }
    }

    @Test func theCookieNeverWorksForAPageOfAnotherOrigin() async throws {
        try await withBrowsers { (browsers) async throws in
            browsers.gateway.authority.authenticator.learn(.sample(allowedOrigins: [Self.app]))
            let name = try await browsers.session()
            for path in ["/api/v1/workorders", "/auth/session"] {
                let reply = try await browsers.send("GET", path, name, headers: [("Origin", Self.app)])
                #expect((reply.status, reply.code) == (403, "cross_site"), "\(path)")
                #expect(!reply.headers.contains(name: "access-control-allow-credentials"))
                // A link of another site still works.
                let link = try await browsers.send("GET", path, name, headers: [("Sec-Fetch-Site", "cross-site")])
                #expect(link.status == 200, "\(path)")
            }
            let forged = [("Origin", Self.app), ("X-CSRF-Token", name.token)]
            let reply = try await browsers.send("POST", "/api/v1/workorders", name, headers: forged)
            #expect((reply.status, reply.code) == (403, "csrf"))
        }
    }
}
