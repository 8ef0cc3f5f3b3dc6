import Access
import Crypto
import EventSchema
import Foundation
import HTTPTypes
import HummingbirdTesting
import Identifiers
import MalwareScan
import Messaging
import NIOCore
import ObjectStore
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import WorkOrders

/// Files of work orders, from the announcement to the download.
@Suite struct AttachmentTests {
    /// A photo of two parts and a bit.
    private static let photo: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xE1]
        + (0..<(2 * Attachment.partSize + 1000)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 9)) }

    @Test func aFileComesInPartsInAnyOrderAndIsServed() async throws {
        try await withWorkOrders { client, database in
            let order = try await newOrder(client)
            let announced = try await announce(Self.photo, to: order, client)
            #expect(announced.status == .created)
            #expect((announced["state"], announced.number("partCount")) == ("uploading", 3))
            let path = try #require(announced.headers[.location])
            #expect(try await client.send(.get, "\(path)/content").status == .conflict)
            for number in [3, 1] { #expect(try await put(number, of: Self.photo, path, client).status == .noContent) }
            #expect(try await client.send(.get, path).object["parts"] as? [Int] == [1, 3])
            let early = try await client.send(.post, "\(path)/complete")
            #expect((early.status, early["code"], early.parameters) == (.conflict, "parts_missing", ["parts": "2"]))
            // A part can come again.
            for number in [2, 2, 3] {
                #expect(try await put(number, of: Self.photo, path, client).status == .noContent)
            }
            let completed = try await client.send(.post, "\(path)/complete")
            #expect(
                (completed.status, completed["state"], completed["contentType"]) == (.ok, "available", "image/jpeg")
            )
            let (status, headers, bytes) = try await download(path, client)
            #expect(status == .ok)
            #expect(bytes == Self.photo)
            #expect(headers[.contentType] == "image/jpeg")
            #expect(
                headers[.contentDisposition]
                    == #"inline; filename="L_fter ___.jpg"; filename*=UTF-8''L%C3%BCfter%20%E2%98%80%22%2F.jpg"#
            )
            #expect(headers[HTTPField.Name("X-Content-Type-Options")!] == "nosniff")
            #expect(headers[.contentSecurityPolicy]?.hasPrefix("sandbox;") == true)
            let part = try await download(path, client, range: "bytes=1048570-1048579")
            #expect((part.0, part.2) == (.partialContent, Array(Self.photo[1_048_570..<1_048_580])))
            #expect(part.1[.contentRange] == "bytes 1048570-1048579/\(Self.photo.count)")
            #expect(try await download(path, client, range: "bytes=9999999-").0 == .rangeNotSatisfiable)
            // The upload is over.
            #expect(try await put(1, of: Self.photo, path, client)["code"] == "not_uploading")
            let listed = try await client.send(.get, "/api/v1/workorders/\(order)/attachments")
            #expect(listed.items.map { $0["state"] as? String } == ["available"])
            let entries = try await database.outbox().filter { $0.type == AuditRecorded.name }
                .map { try $0.decode(AuditRecorded.self).action }
            #expect(entries.filter { $0.hasPrefix("ATTACHMENT") } == ["ATTACHMENT_CREATED", "ATTACHMENT_COMPLETED"])
        }
    }

    @Test func theSamePhotoTwiceIsStoredOnceAndEachTenantHasItsOwn() async throws {
        let folder = TestServers.directory.appending(path: "attachments-\(UUID())")
        try await withWorkOrders(objects: ObjectStore(folder: folder.path)) { client, _ in
            let order = try await newOrder(client)
            for _ in 0..<2 { #expect(try await upload(Self.photo, to: order, client)["state"] == "available") }
            let store = ObjectStore(folder: folder.path)
            let hash = sha256(Self.photo)
            #expect(try await store.list("").entries.map(\.key.text) == ["attachments/\(TenantID.sunfield)/\(hash)"])
        }
    }

    /// The photo that answers a task is an image among the files of the same work order, and can be read.
    @Test func aTaskIsAnsweredByAnImageOfItsWorkOrder() async throws {
        try await withWorkOrders { client, _ in
            let (order, other) = (try await newOrder(client), try await newOrder(client))
            let path = "/api/v1/workorders/\(order)"
            for move in ["assign", "submit", "start"] where move != "assign" {
                if move == "submit" {
                    let added = try await client.send(
                        .post,
                        "\(path)/tasks",
                        ["title": "The label", "check": ["kind": "photo"]]
                    )
                    #expect(added.status == .created || added.status == .ok, "\(added.text)")
                    _ = try await client.send(.patch, path, ["assignedTo": UserID.anna.description])
                }
                let moved = try await client.send(.post, "\(path)/transitions/\(move)")
                #expect(moved.status == .ok, "\(moved.text)")
            }
            let tasks = try await client.send(.get, path).object["tasks"] as? [[String: Any]]
            let task = "\(path)/tasks/\(try #require(tasks?.first?["id"] as? String))"
            let foreign = try #require(try await upload(Self.photo, to: other, client)["id"])
            let unfinished = try #require(try await announce(Self.photo, to: order, client)["id"])
            let note = try #require(try await upload(Array("x".utf8), to: order, client, kind: "document")["id"])
            for wrong in [foreign, unfinished, note, AttachmentID.new().description] {
                let body: [String: Any] = ["status": "completed", "answer": ["attachment": wrong]]
                let refused = try await client.send(.patch, task, body)
                #expect((refused.wrongFields, refused.brokenRules) == (["answer.attachment"], ["no_image"]))
            }
            let image = try #require(try await upload(Self.photo, to: order, client)["id"])
            let body: [String: Any] = ["status": "completed", "answer": ["attachment": image]]
            let done = try await client.send(.patch, task, body)
            let answered = done.object["tasks"] as? [[String: Any]]
            #expect((answered?.first?["answer"] as? [String: Any])?["attachment"] as? String == image, "\(done.text)")
        }
    }

    @Test func whatBecomesOfAFileIsPublished() async throws {
        try await withWorkOrders { client, database in
            let order = try await newOrder(client)
            let file = try await upload(Self.photo, to: order, client)
            let path = "/api/v1/workorders/\(order)/attachments/\(try #require(file["id"]))"
            #expect(try await client.send(.delete, path).status == .noContent)
            let facts = try await database.outbox(of: AttachmentChanged.self)
            #expect(facts.map(\.change) == [.added, .deleted])
            #expect(facts.allSatisfy { $0.sha256 == sha256(Self.photo) && $0.bytes == Self.photo.count })
            #expect(facts.allSatisfy { $0.type == "image/jpeg" && $0.workOrder.description == order })
        }
    }

    @Test func otherBytesThanAnnouncedAreRefused() async throws {
        try await withWorkOrders { client, _ in
            let order = try await newOrder(client)
            var other = Self.photo
            other[Attachment.partSize + 7] ^= 1
            let path = try #require(try await announce(Self.photo, to: order, client).headers[.location])
            for number in 1...3 { _ = try await put(number, of: other, path, client) }
            let refused = try await client.send(.post, "\(path)/complete")
            #expect((refused.status, refused["code"]) == (.unprocessableContent, "other_bytes"))
            #expect(try await client.send(.get, "\(path)/content").status == .conflict)
            // The wrong part can be sent again.
            _ = try await put(2, of: Self.photo, path, client)
            #expect(try await client.send(.post, "\(path)/complete")["state"] == "available")
        }
    }

    @Test func partsHaveTheirSizeAndNumber() async throws {
        try await withWorkOrders { client, _ in
            let order = try await newOrder(client)
            let path = try #require(try await announce(Self.photo, to: order, client).headers[.location])
            for (number, size) in [(1, 5), (3, Attachment.partSize), (3, 0)] {
                let answer = try await raw("\(path)/parts/\(number)", [UInt8](repeating: 1, count: size), client)
                #expect((answer.status, answer["code"]) == (.badRequest, "wrong_part_size"))
            }
            #expect(
                try await raw("\(path)/parts/1", [UInt8](repeating: 1, count: Attachment.partSize + 1), client).status
                    == .contentTooLarge
            )
            #expect(try await raw("\(path)/parts/4", [1], client).status == .notFound)
            for number in ["0", "51", "-1", "01", "x"] {
                #expect(try await raw("\(path)/parts/\(number)", [1], client).wrongFields == ["part"])
            }
        }
    }

    @Test(
        arguments: [
            (Array("MZ\u{1}\0program".utf8), "other", .unsupportedMediaType, "file_type_unknown"),
            (Array("not a photo".utf8), "photo", .unprocessableContent, "not_an_image"),
        ] as [([UInt8], String, HTTPResponse.Status, String)]
    )
    func theContentDecidesAndNotTheName(bytes: [UInt8], kind: String, status: HTTPResponse.Status, code: String)
        async throws
    {
        try await withWorkOrders { client, _ in
            let order = try await newOrder(client)
            let answer = try await upload(bytes, to: order, client, kind: kind)
            #expect((answer.status, answer["code"]) == (status, code))
        }
    }

    @Test func textIsDownloadedAndNotShown() async throws {
        try await withWorkOrders { client, _ in
            let order = try await newOrder(client)
            let answer = try await upload(Array("<script>alert(1)</script>".utf8), to: order, client, kind: "other")
            let path = "/api/v1/workorders/\(order)/attachments/\(try #require(answer["id"]))"
            let headers = try await download(path, client).1
            #expect(headers[.contentType] == "text/plain; charset=utf-8")
            #expect(headers[.contentDisposition]?.hasPrefix("attachment;") == true)
        }
    }

    @Test func whatIsNotKnownToBeCleanIsNeverServed() async throws {
        let verdict = Mutex(ScanVerdict.unscanned("away"))
        let folder = TestServers.directory.appending(path: "attachments-\(UUID())")
        try await withWorkOrders(
            objects: ObjectStore(folder: folder.path),
            scan: { file in
                for try await _ in file {}
                return verdict.withLock { $0 }
            }
        ) { client, database in
            let order = try await newOrder(client)
            let answer = try await upload(Self.photo, to: order, client)
            #expect((answer["state"], answer["finding"]) == ("unscanned", "away"))
            let path = "/api/v1/workorders/\(order)/attachments/\(try #require(answer["id"]))"
            #expect(try await download(path, client).0 == .conflict)
            // The scanner is back: its parts are still there.
            verdict.withLock { $0 = .clean }
            #expect(try await client.send(.post, "\(path)/complete")["state"] == "available")
            #expect(try await download(path, client).0 == .ok)
            verdict.withLock { $0 = .infected("Some.Worm") }
            let other = Self.photo.dropLast() + [77]
            let infected = try await upload(Array(other), to: order, client)
            #expect((infected["state"], infected["finding"]) == ("infected", "Some.Worm"))
            let worm = "/api/v1/workorders/\(order)/attachments/\(try #require(infected["id"]))"
            #expect(try await download(worm, client).0 == .conflict)
            #expect(try await client.send(.post, "\(worm)/complete").status == .conflict)
            // None of its bytes is kept.
            let kept = try await ObjectStore(folder: folder.path).list("").entries.map(\.key.text)
            #expect(kept == ["attachments/\(TenantID.sunfield)/\(sha256(Self.photo))"])
        }
    }

    private static let exifTool = "/usr/bin/exiftool"

    /// A picture of one grey block, with a position and without.
    private static let plainPicture: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0]
        + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0x3F, 0, 0x7F, 0xFF, 0xD9]

    /// The same with Exif: it was taken upright, at 52.5 degrees north and 13.25 degrees east.
    private static let placedPicture: [UInt8] = {
        func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }
        func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
            number(tag, 2) + number(type, 2) + number(count, 4) + value
        }
        func degrees(_ minutes: Int) -> [UInt8] {
            [minutes / 60, minutes % 60, 0].flatMap { number($0, 4) + number(1, 4) }
        }
        // Offsets count from the beginning of the header, which has 8 bytes; a directory has 2 + 12 for each entry + 4.
        let time = Array("2026:01:02 03:04:05\0".utf8)
        let (place, timeAt) = (8 + 42, 8 + 42 + 54)
        let header = Array("II*\0".utf8) + number(8, 4)
        let image =
            number(3, 2) + entry(0x112, 3, 1, number(6, 4)) + entry(0x132, 2, 20, number(timeAt, 4))
            + entry(0x8825, 4, 1, number(place, 4)) + number(0, 4)
        let position =
            number(4, 2) + entry(1, 2, 2, Array("N\0\0\0".utf8)) + entry(2, 5, 3, number(timeAt + 20, 4))
            + entry(3, 2, 2, Array("E\0\0\0".utf8)) + entry(4, 5, 3, number(timeAt + 44, 4)) + number(0, 4)
        let exif =
            Array("Exif\0\0".utf8) + header + image + position + time + degrees(52 * 60 + 30) + degrees(13 * 60 + 15)
        let length = exif.count + 2
        return [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + exif + plainPicture.dropFirst(2)
    }()

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: exifTool)))
    func aPictureIsStoredWithoutItsPosition() async throws {
        let folder = TestServers.directory.appending(path: "attachments-\(UUID())")
        try await withWorkOrders(
            objects: ObjectStore(folder: folder.path),
            strip: PhotoTool(path: Self.exifTool).withoutPosition
        ) { client, database in
            let order = try await newOrder(client)
            let answer = try await upload(Self.placedPicture, to: order, client)
            #expect(answer["state"] == "available", "\(answer.text)")
            let path = "/api/v1/workorders/\(order)/attachments/\(try #require(answer["id"]))"
            let bytes = try await download(path, client).2
            #expect((answer["sha256"], answer.number("size")) == (sha256(bytes), Double(bytes.count)))
            #expect(bytes != Self.placedPicture)
            // Its Exif has the time, and the orientation, but no directory for a position (tag 0x8825).
            #expect(bytes.contains(Array("2026:01:02 03:04:05".utf8)))
            #expect(bytes.contains([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0]))
            #expect(!bytes.contains([0x25, 0x88]))
            #expect(Self.placedPicture.contains([0x25, 0x88]))
            // Nothing of what came is left, and others are told of what is stored.
            let kept = try await ObjectStore(folder: folder.path).list("").entries.map(\.key.text)
            #expect(kept == ["attachments/\(TenantID.sunfield)/\(sha256(bytes))"])
            #expect(try await database.outbox(of: AttachmentChanged.self).map(\.sha256) == [sha256(bytes)])
            // What has no position stays as it is.
            let plain = try await upload(Self.plainPicture, to: order, client)
            #expect((plain["state"], plain["sha256"]) == ("available", sha256(Self.plainPicture)), "\(plain.text)")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: exifTool)))
    func aBrokenPictureIsRefused() async throws {
        try await withWorkOrders(strip: PhotoTool(path: Self.exifTool).withoutPosition) { client, _ in
            let order = try await newOrder(client)
            let broken = try await upload(Array(Self.placedPicture.prefix(60)), to: order, client)
            #expect((broken.status, broken["code"]) == (.unprocessableContent, "photo_unreadable"), "\(broken.text)")
            // What is no picture has nothing to do with it.
            let note = try await upload(Array("x".utf8), to: order, client, kind: "document")
            #expect(note["state"] == "available")
        }
    }

    /// It is killed, or is not there: the picture is not served, and can be completed later.
    @Test(arguments: ["#!/bin/sh\nsleep 600\n", nil])
    func withoutTheToolNoPictureIsServed(script: String?) async throws {
        let tool = TestServers.directory.appending(path: "exiftool-\(UUID())")
        if let script {
            try Data(script.utf8).write(to: tool)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool.path)
        }
        try await withWorkOrders(strip: PhotoTool(path: tool.path, patience: 1).withoutPosition) { client, _ in
            let order = try await newOrder(client)
            let announced = try await announce(Self.placedPicture, to: order, client)
            let path = try #require(announced.headers[.location])
            _ = try await put(1, of: Self.placedPicture, path, client)
            let refused = try await client.send(.post, "\(path)/complete")
            #expect((refused.status, refused["code"]) == (.serviceUnavailable, "photos_unavailable"), "\(refused.text)")
            #expect(try await client.send(.get, path)["state"] == "uploading")
            #expect(try await download(path, client).0 == .conflict)
        }
    }

    @Test func anOrganizationSaysWhetherPicturesKeepTheirPosition() async throws {
        // As where ExifTool is not set.
        try await withWorkOrders(strip: nil) { client, _ in
            let order = try await newOrder(client)
            let path = "/api/v1/workorders/policy"
            #expect(try await client.send(.get, path)["photoPosition"] == "strip")
            let refused = try await upload(Self.placedPicture, to: order, client)
            #expect((refused.status, refused["code"]) == (.serviceUnavailable, "photos_unavailable"), "\(refused.text)")
            let note = try await upload(Array("x".utf8), to: order, client, kind: "document")
            #expect(note["state"] == "available")
            func set(_ position: String?) async throws -> ServiceAnswer {
                var body: [String: Any] = ["approval": ["when": "never"], "verification": ["when": "never"]]
                body["photoPosition"] = position
                return try await client.send(.put, path, body)
            }
            #expect(try await set("keep")["photoPosition"] == "keep")
            let kept = try await upload(Self.placedPicture, to: order, client)
            #expect((kept["state"], kept["sha256"]) == ("available", sha256(Self.placedPicture)), "\(kept.text)")
            let file = "/api/v1/workorders/\(order)/attachments/\(try #require(kept["id"]))"
            #expect(try await download(file, client).2 == Self.placedPicture)
            // Nobody else is asked.
            let other = try await client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await other.send(.get, path)["photoPosition"] == "strip")
            #expect(try await set("blur").status == .badRequest)
            #expect(try await set(nil)["photoPosition"] == "strip")
            #expect(try await upload(Self.placedPicture, to: order, client)["code"] == "photos_unavailable")
        }
    }

    @Test func onlyWhoAnnouncedAFileUploadsIt() async throws {
        try await withWorkOrders { client, _ in
            let order = try await newOrder(client)
            let path = try #require(try await announce(Self.photo, to: order, client).headers[.location])
            let bo = try await client.acting(as: .bo, of: .sunfield)
            #expect(try await put(1, of: Self.photo, path, bo)["code"] == "upload_of_another")
            #expect(try await bo.send(.post, "\(path)/complete")["code"] == "upload_of_another")
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await put(1, of: Self.photo, path, foreign).status == .notFound)
        }
    }

    @Test func peopleOfOtherSitesSeeNeitherFilesNorTheirBytes() async throws {
        try await withWorkOrders { client, _ in
            let order = try await newOrder(client)
            let id = try #require(try await upload(Self.photo, to: order, client)["id"])
            let list = "/api/v1/workorders/\(order)/attachments"
            client.authority.grantEverything("site", .sites)
            for (site, status) in [
                (SiteID.sample(77), HTTPResponse.Status.notFound), (AssetReplica.inverter.site, .ok),
            ] {
                client.authority.place(.bo, of: .sunfield, Membership(sites: [site]))
                let bo = try await client.acting(as: .bo, of: .sunfield, roles: ["site"])
                for path in [list, "\(list)/\(id)", "\(list)/\(id)/content"] {
                    #expect(try await bo.send(.get, path).status == status)
                }
                if status == .notFound {
                    #expect(try await announce(Self.photo, to: order, bo).status == .notFound)
                    #expect(try await bo.send(.delete, "\(list)/\(id)").status == .notFound)
                }
            }
        }
    }

    @Test func aDocumentAboutSafetyIsAcknowledgedOnceByEachPerson() async throws {
        try await withWorkOrders { client, database in
            let order = try await newOrder(client)
            let list = "/api/v1/workorders/\(order)/attachments"
            let text = Array("Lock out before you open".utf8)
            let other = try #require(try await upload(text, to: order, client, kind: "document")["id"])
            let refused = try await client.send(.post, "\(list)/\(other)/acknowledgement")
            #expect((refused.status, refused["code"]) == (.conflict, "not_about_safety"))
            let announced = try await announce(text, to: order, client, kind: "document", purpose: "safety")
            let document = try #require(announced.headers[.location])
            // Nobody has read what is not there yet.
            let early = try await client.send(.post, "\(document)/acknowledgement")
            #expect((early.status, early["code"]) == (.conflict, "file_not_available"))
            #expect(try await put(1, of: text, document, client).status == .noContent)
            #expect(try await client.send(.post, "\(document)/complete").status == .ok)
            let bo = try await client.acting(as: .bo, of: .sunfield)
            for reader in [client, bo, client] {
                #expect(try await reader.send(.post, "\(document)/acknowledgement").status == .ok)
            }
            for file in [try await client.send(.get, document).object, try await client.send(.get, list).items[1]] {
                let read = file["acknowledgements"] as? [[String: Any]] ?? []
                #expect(read.map { $0["personId"] as? String } == [UserID.anna, .bo].map(\.description))
                #expect(read.allSatisfy { $0["acknowledgedAt"] is String })
            }
            #expect(try await client.send(.get, list).items[0]["acknowledgements"] == nil)
            let notes = try await database.outbox(of: AuditRecorded.self).filter {
                $0.action == "ACKNOWLEDGEMENT_CREATED"
            }
            #expect(notes.map(\.user) == [.anna, .bo])
            #expect(notes.allSatisfy { $0.changes?.contains(sha256(text)) == true })
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.post, "\(document)/acknowledgement").status == .notFound)
        }
    }

    @Test func aDocumentIsAcknowledgedByAtMostTwoHundred() async throws {
        try await withWorkOrders { client, database in
            let order = try await newOrder(client)
            let file = try await upload(Array("Read this".utf8), to: order, client, kind: "document", purpose: "safety")
            let id = try #require(file["id"])
            try await database.of(.sunfield).execute(
                """
                INSERT INTO work_order_acknowledgements
                SELECT \(id)::uuid, \(TenantID.sunfield), gen_random_uuid(), now()
                FROM generate_series(1, \(Int32(Attachment.maximumAcknowledgements)))
                """
            )
            let path = "/api/v1/workorders/\(order)/attachments/\(id)"
            let refused = try await client.send(.post, "\(path)/acknowledgement")
            #expect((refused.status, refused["code"]) == (.conflict, "too_many_acknowledgements"))
            // What was read goes with the document.
            try await database.of(.sunfield).execute("DELETE FROM work_order_attachments")
            let left = try await database.of(.sunfield).first("SELECT 1 FROM work_order_acknowledgements")
            #expect(left == nil)
        }
    }

    @Test(arguments: [(GrantCondition.safetyDocuments, "safety"), (.complianceDocuments, "compliance")])
    func whoMayAddSomeDocumentsOnlyAddsNoOthers(condition: GrantCondition, purpose: String) async throws {
        try await withWorkOrders { client, _ in
            let order = try await newOrder(client)
            let list = "/api/v1/workorders/\(order)/attachments"
            let text = Array("Risks".utf8)
            let foreign = try #require(try await upload(text, to: order, client, kind: "document")["id"])
            client.authority.grant(
                "some",
                [Grant(.workOrderRead, .tenant), Grant(.attachmentAdd, .tenant, if: condition)]
            )
            let officer = try await client.acting(as: .bo, of: .sunfield, roles: ["some"])
            let own = try await upload(text, to: order, officer, kind: "document", purpose: purpose)
            #expect((own.status, own["purpose"]) == (.ok, purpose))
            let purposes: [String?] = [nil, "safety", "compliance"]
            for other in purposes where other != purpose {
                let refused = try await announce(text, to: order, officer, kind: "document", purpose: other)
                #expect((refused.status, refused["code"]) == (.forbidden, "condition_not_met"))
            }
            #expect(try await officer.send(.delete, "\(list)/\(foreign)")["code"] == "condition_not_met")
            #expect(try await officer.send(.delete, "\(list)/\(try #require(own["id"]))").status == .noContent)
        }
    }

    @Test func aWorkOrderHasAtMostAHundredFiles() async throws {
        try await withWorkOrders { client, _ in
            let order = try await newOrder(client)
            for _ in 0..<Attachment.maximumCount {
                #expect(try await announce([1], to: order, client).status == .created)
            }
            let refused = try await announce([1], to: order, client)
            #expect((refused.status, refused["code"]) == (.conflict, "too_many_attachments"))
            let list = "/api/v1/workorders/\(order)/attachments"
            let first = try #require(try await client.send(.get, list).items.first?["id"] as? String)
            #expect(try await client.send(.delete, "\(list)/\(first)").status == .noContent)
            #expect(try await client.send(.get, "\(list)/\(first)").status == .notFound)
            #expect(try await announce([1], to: order, client).status == .created)
        }
    }

    @Test func aClosedWorkOrderKeepsItsFilesAsTheyAre() async throws {
        try await withWorkOrders { client, _ in
            let order = try await newOrder(client)
            let id = try #require(try await upload(Self.photo, to: order, client)["id"])
            let path = "/api/v1/workorders/\(order)"
            let open = try #require(try await announce(Self.photo, to: order, client).headers[.location])
            for number in 1...3 { _ = try await put(number, of: Self.photo, open, client) }
            _ = try await client.send(.post, "\(path)/transitions/cancel", ["reason": "Not needed"])
            #expect(try await announce(Self.photo, to: order, client)["code"] == "closed")
            #expect(try await client.send(.delete, "\(path)/attachments/\(id)")["code"] == "closed")
            #expect(try await client.send(.post, "\(open)/complete")["code"] == "closed")
            #expect(try await download("\(path)/attachments/\(id)", client).0 == .ok)
        }
    }

    @Test func unfinishedUploadsEndAfterADay() async throws {
        let folder = TestServers.directory.appending(path: "attachments-\(UUID())")
        let clock = Mutex(Date.noon)
        let objects = ObjectStore(folder: folder.path)
        try await withWorkOrders(objects: objects, now: { clock.withLock { $0 } }) { client, database in
            let order = try await newOrder(client)
            let whole = try #require(try await upload(Array("kept".utf8), to: order, client, kind: "other")["id"])
            let path = try #require(try await announce(Self.photo, to: order, client).headers[.location])
            _ = try await put(1, of: Self.photo, path, client)
            let files = AttachmentFiles(
                objects,
                scan: nil,
                logger: Daemon.forTests("work-orders", client.authority).logger
            )
            let upkeep = AttachmentUpkeep(
                store: AttachmentStore(orders: WorkOrderStore(database: database)),
                files: files,
                logger: Daemon.forTests("work-orders", client.authority).logger,
                now: { clock.withLock { $0 } }
            )
            #expect(try await upkeep.removeBatch() == 0)
            clock.withLock { $0 += Attachment.patience }
            #expect(try await put(2, of: Self.photo, path, client)["code"] == "not_uploading")
            #expect(try await upkeep.removeBatch() == 2)
            #expect(try await upkeep.removeBatch() == 0)
            #expect(try await client.send(.get, path).status == .notFound)
            let left = "/api/v1/workorders/\(order)/attachments/\(whole)"
            #expect(try await download(left, client).2 == Array("kept".utf8))
            #expect(try await objects.list("uploads/").entries.isEmpty)
        }
    }

    @Test func withoutAStoreNothingIsAnnounced() async throws {
        try await withWorkOrders(objects: nil) { client, _ in
            let answer = try await announce([1], to: try await newOrder(client), client)
            #expect((answer.status, answer["code"]) == (.serviceUnavailable, "no_object_store"))
        }
    }

    @Test func aStoreThatIsAwayIsSaid() async throws {
        try await withWorkOrders(objects: ObjectStore(folder: "/proc/nowhere/at/all")) { client, _ in
            let order = try await newOrder(client)
            let path = try #require(try await announce([1], to: order, client).headers[.location])
            let answer = try await put(1, of: [1], path, client)
            #expect((answer.status, answer["code"]) == (.serviceUnavailable, "files_unavailable"))
        }
    }
}

// MARK: - Steps

private func newOrder(_ client: ServiceClient) async throws -> String {
    let created = try await client.send(
        .post,
        "/api/v1/workorders",
        [
            "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
            "priority": "high",
        ]
    )
    return try #require(created["id"])
}

private func sha256(_ bytes: [UInt8]) -> String { ContentHash(of: bytes).text }

private func announce(
    _ bytes: [UInt8],
    to order: String,
    _ client: ServiceClient,
    kind: String = "photo",
    purpose: String? = nil
) async throws -> ServiceAnswer {
    var file: [String: Any] = [
        "name": "Lüfter ☀\"/.jpg", "size": bytes.count, "sha256": sha256(bytes), "kind": kind, "category": "before",
    ]
    file["purpose"] = purpose
    return try await client.send(.post, "/api/v1/workorders/\(order)/attachments", file)
}

private func raw(_ path: String, _ bytes: [UInt8], _ client: ServiceClient) async throws -> ServiceAnswer {
    let headers: HTTPFields = [.authorization: "Bearer \(client.token)", .contentLength: "\(bytes.count)"]
    return try await client.http.execute(uri: path, method: .put, headers: headers, body: ByteBuffer(bytes: bytes)) {
        ServiceAnswer(status: $0.status, headers: $0.headers, text: String(buffer: $0.body))
    }
}

private func put(_ number: Int, of bytes: [UInt8], _ path: String, _ client: ServiceClient) async throws
    -> ServiceAnswer
{
    let start = (number - 1) * Attachment.partSize
    return try await raw(
        "\(path)/parts/\(number)",
        Array(bytes[start..<min(bytes.count, start + Attachment.partSize)]),
        client
    )
}

/// All of it, to the answer of its completion.
private func upload(
    _ bytes: [UInt8],
    to order: String,
    _ client: ServiceClient,
    kind: String = "photo",
    purpose: String? = nil
) async throws -> ServiceAnswer {
    let announced = try await announce(bytes, to: order, client, kind: kind, purpose: purpose)
    let path = try #require(announced.headers[.location])
    for number in 1...Int(announced.number("partCount") ?? 0) { _ = try await put(number, of: bytes, path, client) }
    return try await client.send(.post, "\(path)/complete")
}

private func download(
    _ path: String,
    _ client: ServiceClient,
    range: String? = nil
) async throws -> (HTTPResponse.Status, HTTPFields, [UInt8]) {
    var headers: HTTPFields = [.authorization: "Bearer \(client.token)"]
    headers[.range] = range
    return try await client.http.execute(uri: "\(path)/content", method: .get, headers: headers, body: nil) {
        ($0.status, $0.headers, Array($0.body.readableBytesView))
    }
}
