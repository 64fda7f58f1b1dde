import { accessControl } from './access-control';
import { advancedFirmwareUpdate } from './advanced-firmware-update';
import { binaryAppData } from './binary-app-data';
import { connectivityMonitoring } from './connectivity-monitoring';
import { connectivityStatistics } from './connectivity-statistics';
import type { ObjectDefinition, ResourceDefinition } from './definition';
import { device } from './device';
import { registryDefinition } from '../registry/registry';
import { firmwareUpdate } from './firmware-update';
import { location } from './location';
import { security } from './security';
import { server } from './server';
import { softwareComponent } from './software-component';
import { softwareManagement } from './software-management';

/** The core objects, with names of all their values; they stand before the registry's. */
const definitions: ReadonlyMap<number, ObjectDefinition> = new Map(
  [
    security,
    server,
    accessControl,
    device,
    connectivityMonitoring,
    firmwareUpdate,
    location,
    connectivityStatistics,
    softwareManagement,
    softwareComponent,
    binaryAppData,
    advancedFirmwareUpdate,
  ].map((definition) => [definition.id, definition]),
);

/** The registry's definition of an object; undefined for one this product does not know by name. */
export function objectDefinition(objectId: number): ObjectDefinition | undefined {
  return definitions.get(objectId) ?? registryDefinition(objectId);
}

/** The registry's definition of a resource; undefined where object or resource are not known. */
export function resourceDefinition(objectId: number, resourceId: number): ResourceDefinition | undefined {
  return objectDefinition(objectId)?.resources.get(resourceId);
}
