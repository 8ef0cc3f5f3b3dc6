import Commands
import EventSchema
import Foundation
import Identifiers
import Postgres

extension PermitStore {
    static func put(_ permit: Permit) throws -> SQL {
        """
        INSERT INTO permits (id, tenant_id, work_order_id, site_id, asset_id, number, kind, status, title, description, location,
            hazards, ppe, precautions, workers, valid_from, valid_until, checklist, approvals, extensions, suspensions,
            steps, coordinated_with, closure, created_at, created_by, submitted_by, updated_at, version)
        VALUES (\(permit.id), \(permit.tenant), \(permit.workOrder), \(permit.site), \(permit.asset), \(permit.number),
            \(permit.kind), \(permit.status), \(permit.title), \(permit.description), \(permit.location),
            \(try JSONB(of: permit.hazards)), \(PostgresArray(permit.ppe)), \(PostgresArray(permit.precautions)),
            \(PostgresArray(permit.workers)), \(permit.validFrom), \(permit.validUntil), \(try JSONB(of: permit.checklist)),
            \(try JSONB(of: permit.approvals)), \(try JSONB(of: permit.extensions)), \(try JSONB(of: permit.suspensions)),
            \(try JSONB(of: permit.steps)), \(PostgresArray(permit.coordinatedWith)), \(try JSONB(of: permit.closure)), \(permit.createdAt),
            \(permit.createdBy), \(permit.submittedBy), \(permit.updatedAt), \(permit.version))
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, title = excluded.title, description = excluded.description,
            location = excluded.location, hazards = excluded.hazards, ppe = excluded.ppe, precautions = excluded.precautions,
            workers = excluded.workers, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
            checklist = excluded.checklist, approvals = excluded.approvals, extensions = excluded.extensions,
            suspensions = excluded.suspensions, steps = excluded.steps, coordinated_with = excluded.coordinated_with, closure = excluded.closure,
            submitted_by = excluded.submitted_by, updated_at = excluded.updated_at, version = excluded.version
        """
    }

    static func put(_ point: Isolation, of permit: Permit) -> SQL {
        """
        INSERT INTO permit_isolations (id, tenant_id, work_order_id, permit_id, position, energy, place, equipment, state, lock_number,
            tag, photo, locked_by, locked_at, measurement, verified_by, verified_at, released_by, released_at, release_reason)
        VALUES (\(point.id), \(permit.tenant), \(permit.workOrder), \(permit.id), \(Int32(point.position)), \(point.energy),
            \(point.place), \(point.equipment), \(point.state), \(point.lockNumber), \(point.tag), \(point.photo),
            \(point.lockedBy), \(point.lockedAt), \(point.measurement), \(point.verifiedBy), \(point.verifiedAt),
            \(point.releasedBy), \(point.releasedAt), \(point.releaseReason))
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, lock_number = excluded.lock_number, tag = excluded.tag,
            photo = excluded.photo, locked_by = excluded.locked_by, locked_at = excluded.locked_at,
            measurement = excluded.measurement, verified_by = excluded.verified_by, verified_at = excluded.verified_at,
            released_by = excluded.released_by, released_at = excluded.released_at, release_reason = excluded.release_reason
        """
    }
}

extension Permit: RowReadable {
    /// Without its isolations, which are rows of their own.
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            workOrder: try row.read("work_order_id"),
            site: try row.read("site_id"),
            asset: try row.read("asset_id"),
            number: try row.read("number"),
            kind: try row.read("kind"),
            status: try row.read("status"),
            title: try row.read("title"),
            description: try row.read("description"),
            location: try row.read("location"),
            hazards: try row.read("hazards", as: JSONB.self).decoded(),
            ppe: try row.read("ppe"),
            precautions: try row.read("precautions"),
            workers: try row.read("workers"),
            validFrom: try row.read("valid_from"),
            validUntil: try row.read("valid_until"),
            checklist: try row.read("checklist", as: JSONB.self).decoded(),
            approvals: try row.read("approvals", as: JSONB.self).decoded(),
            extensions: try row.read("extensions", as: JSONB.self).decoded(),
            suspensions: try row.read("suspensions", as: JSONB.self).decoded(),
            steps: try row.read("steps", as: JSONB.self).decoded(),
            coordinatedWith: try row.read("coordinated_with"),
            closure: try row.read("closure", as: JSONB.self)?.decoded(),
            createdAt: try row.read("created_at"),
            createdBy: try row.read("created_by"),
            submittedBy: try row.read("submitted_by"),
            updatedAt: try row.read("updated_at"),
            version: try row.read("version"),
            isolations: []
        )
    }
}

extension Isolation: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            permit: try row.read("permit_id"),
            position: try row.read("position"),
            energy: try row.read("energy"),
            place: try row.read("place"),
            equipment: try row.read("equipment"),
            state: try row.read("state"),
            lockNumber: try row.read("lock_number"),
            tag: try row.read("tag"),
            photo: try row.read("photo"),
            lockedBy: try row.read("locked_by"),
            lockedAt: try row.read("locked_at"),
            measurement: try row.read("measurement"),
            verifiedBy: try row.read("verified_by"),
            verifiedAt: try row.read("verified_at"),
            releasedBy: try row.read("released_by"),
            releasedAt: try row.read("released_at"),
            releaseReason: try row.read("release_reason")
        )
    }
}

extension Isolation.Energy: PostgresEncodable, PostgresDecodable {}
extension Isolation.State: PostgresEncodable, PostgresDecodable {}
