import NIOCore
import NIOHTTP1

extension Node {
    /// `/healthz` and `/metrics` (Prometheus text) for monitoring.
    func statusPage(_ request: HTTPServer.Request) -> HTTPServer.Answer {
        let (status, text): (HTTPResponseStatus, String) =
            switch request.uri {
            case "/healthz": (.ok, "ok\n")
            case "/metrics": (.ok, metrics())
            default: (.notFound, "not found\n")
            }
        return HTTPServer.Answer(
            status: status,
            type: "text/plain; version=0.0.4; charset=utf-8",
            body: ByteBuffer(string: text)
        )
    }
}
