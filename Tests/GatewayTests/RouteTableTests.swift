import Testing

@testable import Gateway

@Suite struct RouteTableTests {
    @Test(arguments: [
        ("/api/v1/auth/login", Upstream.auth),
        ("/api/v1/workorders", .workOrders),
        ("/api/v1/workorders/0190b5a0-0000-7000-8000-000000000001/transitions/start", .workOrders),
        ("/api/v1/assets/1", .assets),
        ("/api/v1/assets/1/hierarchy", .assets),
        ("/api/v1/assets/1/telemetry", .streamProcessor),
        ("/api/v1/assets/1/prediction", .mlScoring),
        ("/api/v1/sync/pull", .mobileSync),
        ("/api/v1/alert-rules", .notification),
        ("/.well-known/jwks.json", .auth),
    ])
    func theLongestPrefixDecides(path: String, upstream: Upstream) {
        #expect(RouteTable.upstream(for: path) == upstream)
    }

    @Test(arguments: [
        "/", "/api", "/api/v1", "/api/v1/workordersx", "/metrics", "/api/v1/workorders/../auth", "/api/v1//workorders",
        "/api/v1/assets/1%2Ftelemetry", "/api/v2/workorders",
    ])
    func whatIsNotInTheTableIsNowhere(path: String) {
        #expect(RouteTable.upstream(for: path) == nil)
    }

    @Test func onlyLoginRefreshAndKeysAreOpen() {
        #expect(RouteTable.isOpen("/api/v1/auth/login"))
        #expect(!RouteTable.isOpen("/api/v1/auth/logout"))
        #expect(!RouteTable.isOpen("/api/v1/auth/login/"))
    }

    @Test func headersOfOneConnectionStopHere() {
        for name in ["Connection", "Transfer-Encoding", "Host", "X-Forwarded-For", "x-dcmms-user", "Keep-Alive"] {
            #expect(!HopHeaders.isForwarded(name, connection: nil))
        }
        #expect(HopHeaders.isForwarded("Authorization", connection: "close"))
        #expect(!HopHeaders.isForwarded("X-Secret-Hop", connection: "close, X-Secret-Hop"))
    }
}
