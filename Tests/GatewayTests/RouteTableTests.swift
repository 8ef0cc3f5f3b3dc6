import APIDocuments
import Commands
import HTTPTypes
import Testing

@testable import Gateway

@Suite struct RouteTableTests {
    private let table: RouteTable

    init() throws {
        table = RouteTable(try APIDocuments.committed())
    }

    @Test(arguments: [
        (HTTPRequest.Method.post, "/api/v1/auth/login", "auth"),
        (.get, "/api/v1/workorders", "work-orders"),
        (.post, "/api/v1/workorders/0190b5a0-0000-7000-8000-000000000001/transitions/start", "work-orders"),
        (.get, "/api/v1/assets/1", "assets"),
        (.get, "/api/v1/assets/1/hierarchy", "assets"),
        (.get, "/api/v1/assets/1/telemetry", "stream-processor"),
        (.get, "/api/v1/assets/1/prediction", "ml-scoring"),
        (.post, "/api/v1/sync/pull", "mobile-sync"),
        (.get, "/api/v1/alert-rules", "notification"),
        (.get, "/.well-known/jwks.json", "auth"),
    ])
    func routesComeFromTheServicesDocuments(method: HTTPRequest.Method, path: String, upstream: String) {
        guard case .found(let target) = table.match(method, path) else {
            Issue.record("no service has \(path)")
            return
        }
        #expect(target.upstream.rawValue == upstream)
    }

    @Test(arguments: [
        "/", "/api", "/api/v1", "/api/v1/workordersx", "/metrics", "/api/v1/workorders/../auth", "/api/v1//workorders",
        "/api/v1/assets/1%2Ftelemetry", "/api/v2/workorders", "/api/v1/assets/1/telemetry/2",
        // A parameter would take these.
        "/api/v1/assets/..", "/api/v1/assets/.", "/api/v1/assets/a%2fb", "/api/v1/assets/%2F",
    ])
    func pathsOutsideTheTableAreNotFound(path: String) {
        #expect(table.match(.get, path) == .nothing)
    }

    @Test(arguments: [
        "/api/v1/assets/...", "/api/v1/assets/.a", "/api/v1/assets/a.", "/api/v1/assets/%41", "/api/v1/assets/%2",
    ])
    func aStrangeParameterIsTheServicesMatter(path: String) {
        #expect(table.match(.get, path) != .nothing)
    }

    @Test func anUnsupportedMethodGetsThePathsMethods() {
        #expect(table.match(.delete, "/api/v1/workorders") == .otherMethods(["GET", "POST"]))
    }

    @Test func onlyKeysAndWhatPeopleDoWithoutALoginAreOpen() throws {
        var open: [String] = []
        for (_, document) in try APIDocuments.committed() {
            for (path, operations) in document["paths"]?.members ?? [:] {
                for (method, _) in operations.members ?? [:] {
                    guard let name = HTTPRequest.Method(method.uppercased()),
                        case .found(let target) = table.match(name, path), target.isOpen
                    else { continue }
                    open.append("\(method) \(path)")
                }
            }
        }
        #expect(
            open.sorted() == [
                "get /.well-known/jwks.json", "get /api/v1/public/requests/{token}",
                "get /api/v1/public/requests/{token}/{receipt}", "get /auth/authorize",
                "get /auth/providers/{id}/callback",
                "get /auth/providers/{id}/saml/metadata",
                "post /api/v1/auth/invitation", "post /api/v1/auth/links",
                "post /api/v1/auth/login", "post /api/v1/auth/login/mfa", "post /api/v1/auth/login/mfa/options",
                "post /api/v1/auth/mfa/enrolment", "post /api/v1/auth/mfa/enrolment/confirmation",
                "post /api/v1/auth/mfa/enrolment/security-key", "post /api/v1/auth/mfa/enrolment/security-key/options",
                "post /api/v1/auth/password/reset",
                "post /api/v1/auth/refresh", "post /api/v1/auth/unlock",
                "post /api/v1/public/requests/{token}", "post /api/v1/public/requests/{token}/{receipt}/photos",
                "post /api/v1/public/requests/{token}/{receipt}/photos/{photo}/complete", "post /auth/authorize",
                "post /auth/providers/{id}/logout", "post /auth/providers/{id}/saml",
                "put /api/v1/public/requests/{token}/{receipt}/photos/{photo}/parts/{part}",
            ]
        )
    }

    @Test func hopByHopHeadersAreNotForwarded() throws {
        for name in ["Connection", "Transfer-Encoding", "Host", "X-Forwarded-For", "x-dcmms-user", "Keep-Alive"] {
            #expect(!HopHeaders(connection: nil).isForwarded(try #require(HTTPField.Name(name))))
        }
        #expect(HopHeaders(connection: "close").isForwarded(.authorization))
        let secret = try #require(HTTPField.Name("X-Secret-Hop"))
        #expect(!HopHeaders(connection: "close, X-Secret-Hop").isForwarded(secret))
        #expect(HopHeaders(connection: "close").isForwarded(secret))
    }
}
