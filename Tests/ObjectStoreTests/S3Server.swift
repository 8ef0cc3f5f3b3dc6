import AsyncHTTPClient
import Foundation
import LocalServers
import NIOCore
import NIOHTTP1
import TestSupport

@testable import ObjectStore

/// moto, an S3 service for tests by others, which checks the signatures of requests with botocore (see `Server/s3.py`).
struct S3Server: Sendable {
    let process: ServerProcess
    let port: Int
    let accessKey: String
    let secretKey: String

    /// The one of this run; nil if moto is not installed.
    static let shared = Task { try await start() }

    /// - Returns: Nil, with a line that says what is skipped, if moto is not installed.
    static func found(for what: String = #function) async throws -> S3Server? {
        let server = try await shared.value
        if server == nil { print("SKIPPED: \(what) needs moto in .local/venv; deploy/local/setup.sh installs it") }
        return server
    }

    private static func start() async throws -> S3Server? {
        let python = Python.path(".local/venv/bin/python")
        guard (try? await Executables.run(python, ["-c", "import moto.server"])) != nil else { return nil }
        let (port, directory) = (try Port.free(), TestServers.directory.appending(path: "s3"))
        let ready = directory.appending(path: "ready")
        let process = try await ServerProcess.start(
            "s3",
            [python, Python.path("Tests/ObjectStoreTests/Server/s3.py"), "\(port)", ready.path],
            directory: directory,
            lifetime: .starter
        )
        try await process.ready { FileManager.default.fileExists(atPath: ready.path) }
        let keys = try String(contentsOf: ready, encoding: .utf8).split(separator: " ").map(String.init)
        return S3Server(process: process, port: port, accessKey: keys[0], secretKey: keys[1])
    }

    func settings(_ bucket: String) -> BucketSettings {
        BucketSettings(
            bucket: bucket,
            endpoint: "http://127.0.0.1:\(port)",
            region: "us-east-1",
            style: .path,
            accessKey: accessKey,
            secretKey: secretKey
        )
    }

    /// A bucket that no other test uses.
    func newBucket() async throws -> BucketSettings {
        let settings = settings("test-\(UUID().uuidString.lowercased())")
        _ = try await BucketClient(settings).ask(BucketRequest(method: .put))
        return settings
    }

    /// See `Server/s3.py`.
    func fail(_ kind: String, _ count: Int, in bucket: BucketSettings) async throws {
        _ = try await tell(.POST, "faults?bucket=\(bucket.bucket)&count=\(count)&kind=\(kind)")
    }

    /// How many requests about the bucket there were.
    func requests(in bucket: BucketSettings) async throws -> Int {
        Int(try await tell(.GET, "count?bucket=\(bucket.bucket)")) ?? -1
    }

    private func tell(_ method: HTTPMethod, _ what: String) async throws -> String {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/-/\(what)")
        request.method = method
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return String(buffer: try await answer.body.collect(upTo: 1 << 10))
    }
}
