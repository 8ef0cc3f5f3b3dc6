import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit

/// Serves the web apps. Paths that are nobody's get the app's page, which finds out what to show.
struct WebRoutes: Sendable {
    let root: WebRoot

    func add(to router: Router<DaemonContext>) {
        for path in ["/", "/**"] as [RouterPath] {
            router.get(path, use: get)
            router.head(path) { try get($0, $1).createHeadResponse() }
        }
    }

    @Sendable private func get(_ request: Request, _ context: DaemonContext) throws -> Response {
        guard !RouteTable.isAmbiguous(request.uri.path),
            let path = request.uri.path.removingPercentEncoding.flatMap({ find($0, request.headers[.accept]) }),
            let file = root.files[path]
        else { throw Problem.noRoute }
        let encoding = WebPolicy.encoding(accepted: request.headers[.acceptEncoding], of: file.encoded.keys)
        let tag = "\"\(file.tag)\(encoding.map { "-\($0.rawValue)" } ?? "")\""
        var headers: HTTPFields = [
            .eTag: tag, .cacheControl: WebPolicy.cacheControl(of: path), .vary: "Accept-Encoding",
            .contentSecurityPolicy: WebPolicy.contentSecurity(picturesFrom: root.map.origin),
        ]
        if request.headers[.ifNoneMatch].map({ $0.matches(tag) }) ?? false {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = WebPolicy.contentType(of: path)
        headers[.contentEncoding] = encoding?.rawValue
        let content = encoding.flatMap { file.encoded[$0] } ?? file.content
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: content))
    }

    /// The file for a path.
    private func find(_ path: String, _ accept: String?) -> String? {
        if root.files[path] != nil { return path }
        // What begins with `/api` is the API's, and never a page.
        if path == "/api" || path.hasPrefix("/api/") { return nil }
        let index = path.hasSuffix("/") ? "\(path)index.html" : "\(path)/index.html"
        if root.files[index] != nil { return index }
        return WebPolicy.isPage(path, accepted: accept) ? "/index.html" : nil
    }
}

extension String {
    /// Whether a list of entity tags has this one. The comparison is weak (RFC 9110, section 13.1.2).
    fileprivate func matches(_ tag: String) -> Bool {
        split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .contains { $0 == "*" || $0 == tag || $0 == "W/\(tag)" }
    }
}
