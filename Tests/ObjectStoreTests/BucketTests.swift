import AsyncHTTPClient
import Foundation
import LocalServers
import NIOCore
import ServiceKit
import TestSupport
import Testing

@testable import ObjectStore

/// What only a bucket has: a service that can be slow, wrong or away.
@Suite struct BucketTests {
    private let key = named("photos/1")

    @Test(arguments: ["slow-down", "internal", "lost"]) func whatFailsForAMomentIsAskedAgain(_ kind: String)
        async throws
    {
        guard let server = try await S3Server.found() else { return }
        let bucket = try await server.newBucket()
        let store = ObjectStore(bucket: bucket)
        let bytes = sample(300_000)
        try await server.fail(kind, 2, in: bucket)
        try await store.put(key, streamed(bytes), as: "image/jpeg")
        try await server.fail(kind, 3, in: bucket)
        #expect(try await store.get(key).body.bytes(upTo: 1 << 20) == bytes)
        try await server.fail(kind, 1, in: bucket)
        #expect(try await store.head(key).size == 300_000)
        try await server.fail(kind, 1, in: bucket)
        #expect(try await store.list("photos/").entries.count == 1)
        let upload = try await store.beginUpload(named("x"), as: "text/plain")
        try await server.fail(kind, 1, in: bucket)
        let part = try await store.putPart(1, of: upload, bytes)
        try await server.fail(kind, 1, in: bucket)
        try await store.complete(upload, [part])
        #expect(try await store.head(named("x")).size == 300_000)
        try await server.fail(kind, 2, in: bucket)
        try await store.delete(key)
        #expect(try await store.list("").entries.map(\.key.text) == ["x"])
    }

    @Test func whatGoesOnFailingIsGivenUpAfterFourTimes() async throws {
        guard let server = try await S3Server.found() else { return }
        let bucket = try await server.newBucket()
        let before = try await server.requests(in: bucket)
        try await server.fail("slow-down", 10, in: bucket)
        let error = await #expect(throws: ObjectStoreError.self) {
            try await ObjectStore(bucket: bucket).put(key, ObjectBody(sample(3)), as: "image/jpeg")
        }
        #expect(error == .unavailable("PUT photos/1: 503 SlowDown as told"))
        #expect(try await server.requests(in: bucket) == before + 4)
    }

    @Test func bytesThatWereChangedOnTheWayAreNotTakenForTheObject() async throws {
        guard let server = try await S3Server.found() else { return }
        let bucket = try await server.newBucket()
        let store = ObjectStore(bucket: bucket)
        try await store.put(key, ObjectBody(sample(300_000)), as: "image/jpeg")
        try await server.fail("flip", 1, in: bucket)
        let flipped = try await store.get(key)
        let corrupt = await #expect(throws: ObjectStoreError.self) { try await flipped.body.bytes(upTo: 1 << 20) }
        guard case .corrupt = corrupt else { return #expect(Bool(false), "\(String(describing: corrupt))") }
        try await server.fail("cut", 1, in: bucket)
        let cut = try await store.get(key)
        let broken = await #expect(throws: ObjectStoreError.self) { try await cut.body.bytes(upTo: 1 << 20) }
        guard case .unavailable = broken else { return #expect(Bool(false), "\(String(describing: broken))") }
    }

    @Test func anErrorAfterTheStatusOfAnAnswerIsSeen() async throws {
        guard let server = try await S3Server.found() else { return }
        let bucket = try await server.newBucket()
        let store = ObjectStore(bucket: bucket)
        let upload = try await store.beginUpload(key, as: "text/plain")
        let part = try await store.putPart(1, of: upload, sample(9))
        try await server.fail("late-error", 1, in: bucket)
        await #expect(throws: ObjectStoreError.unavailable("200 InternalError as told")) {
            try await store.complete(upload, [part])
        }
    }

    @Test func aWrongSecretOrBucketIsRefusedAtOnce() async throws {
        guard let server = try await S3Server.found() else { return }
        let bucket = try await server.newBucket()
        var wrong = bucket
        wrong.secretKey = String(bucket.secretKey.reversed())
        var nowhere = bucket
        nowhere.bucket = "nowhere-\(UUID().uuidString.lowercased())"
        for (settings, code) in [(wrong, "403 SignatureDoesNotMatch"), (nowhere, "404 NoSuchBucket")] {
            let before = try await server.requests(in: settings)
            for body in [{ try await $0.check() }, { _ = try await $0.get(key) }]
                as [(ObjectStore) async throws -> Void]
            {
                let error = await #expect(throws: ObjectStoreError.self) {
                    try await body(ObjectStore(bucket: settings))
                }
                guard case .refused(let text) = error else {
                    return #expect(Bool(false), "\(String(describing: error))")
                }
                #expect(text.contains(code))
                #expect(!text.contains(settings.secretKey))
            }
            #expect(try await server.requests(in: settings) == before + 2)
        }
    }

    @Test func aServiceThatIsAwayIsUnavailable() async throws {
        var settings = BucketSettings(
            bucket: "bucket",
            endpoint: "http://127.0.0.1:\(try Port.free())",
            region: "us-east-1",
            style: .path,
            accessKey: "a",
            secretKey: "b"
        )
        settings.attempts = 2
        let error = await #expect(throws: ObjectStoreError.self) { try await ObjectStore(bucket: settings).head(key) }
        guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func theBucketCanBePartOfTheHost() async throws {
        guard let server = try await S3Server.found() else { return }
        var settings = try await server.newBucket()
        settings.endpoint = "http://s3.us-east-1.amazonaws.com:\(server.port)"
        settings.style = .host
        let http = BucketClient.client(findingHosts: ["\(settings.bucket).s3.us-east-1.amazonaws.com": "127.0.0.1"])
        let store = ObjectStore(ObjectBucket(settings, http: http))
        let result = await Result {
            try await store.check()
            try await store.put(key, streamed(sample(1000)), as: "image/jpeg")
            #expect(try await store.get(key).body.bytes(upTo: 1000) == sample(1000))
            #expect(try await store.list("photos/").entries.map(\.key) == [key])
            try await store.delete(key)
        }
        try await http.shutdown()
        try result.get()
    }

    // MARK: - Settings

    @Test func withoutAnythingThereIsNoStore() throws {
        let environment = Environment([:])
        #expect(ObjectStoreSettings(environment).store == nil)
        try environment.check()
    }

    @Test func aBucketNeedsItsKeys() throws {
        let environment = Environment(["OBJECT_STORE_BUCKET": "files", "OBJECT_STORE_FOLDER": "/x"])
        _ = ObjectStoreSettings(environment)
        let error = #expect(throws: ConfigurationError.self) { try environment.check() }
        for name in ["ENDPOINT", "ACCESS_KEY", "SECRET_KEY"] {
            #expect("\(error!)".contains("OBJECT_STORE_\(name) is not set"))
        }
        let whole = Environment([
            "OBJECT_STORE_BUCKET": "files", "OBJECT_STORE_ENDPOINT": "https://MinIO:9000/",
            "OBJECT_STORE_ACCESS_KEY": "a",
            "OBJECT_STORE_SECRET_KEY": "b",
        ])
        let settings = ObjectStoreSettings(whole)
        try whole.check()
        #expect(settings.bucket?.region == "us-east-1")
        #expect(settings.bucket?.style == .path)
        #expect(whole.keys.first { $0.name == "OBJECT_STORE_SECRET_KEY" }?.isSecret == true)
    }

    @Test(arguments: [
        ("OBJECT_STORE_BUCKET", "My.Bucket"), ("OBJECT_STORE_BUCKET", "a"), ("OBJECT_STORE_ENDPOINT", "minio:9000"),
        ("OBJECT_STORE_ENDPOINT", "http://minio/path"), ("OBJECT_STORE_ENDPOINT", "http://user@minio"),
        ("OBJECT_STORE_STYLE", "dns"),
    ])
    func aMalformedSettingIsNamed(name: String, value: String) {
        let environment = Environment([name: value])
        _ = ObjectStoreSettings(environment)
        let error = #expect(throws: ConfigurationError.self) { try environment.check() }
        #expect("\(error!)".contains("\(name) must be"))
    }
}

extension Result where Failure == any Error, Success == Void {
    fileprivate init(_ body: () async throws -> Void) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
