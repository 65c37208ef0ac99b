import { describe, expect, test } from 'vitest';
import type { V1ContainerState, V1Pod } from '@kubernetes/client-node';
import { lastWarning, readPodState } from './pod-state.ts';

const pod = (phase: string, state: V1ContainerState, more: object = {}): V1Pod => ({
  status: { phase, containerStatuses: [{ state } as never], ...more },
});

describe('the state of a pod', () => {
  test('is waiting while its image comes, and running once it runs', () => {
    expect(readPodState(pod('Pending', { waiting: { reason: 'ContainerCreating' } }))).toEqual({
      kind: 'waiting',
      reason: 'ContainerCreating',
    });
    expect(readPodState(pod('Running', { running: {} }))).toEqual({ kind: 'running' });
    expect(readPodState({}).kind).toBe('waiting');
  });

  test('says why no node takes it', () => {
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        message: '0/3 nodes are available: 3 Insufficient cpu.',
      },
    ];
    expect(readPodState({ status: { phase: 'Pending', conditions } })).toEqual({
      kind: 'waiting',
      reason: '0/3 nodes are available: 3 Insufficient cpu.',
    });
  });

  test.each([
    ['ErrImageNeverPull', 'Container image "x" is not present with pull policy of Never'],
    ['ErrImagePull', 'manifest for x:1 not found: manifest unknown'],
    ['ImagePullBackOff', 'pull access denied, repository does not exist'],
    ['InvalidImageName', 'invalid reference format'],
  ])('gives up on an image for good reasons: %s', (reason, message) => {
    const state = readPodState(pod('Pending', { waiting: { reason, message } }));
    expect(state).toMatchObject({ kind: 'hopeless', code: 'no-such-image' });
  });

  test('has patience with a registry that is down', () => {
    const message = 'failed to pull image: 503 Service Unavailable';
    const state = readPodState(pod('Pending', { waiting: { reason: 'ErrImagePull', message } }));
    expect(state).toMatchObject({ kind: 'waiting', trouble: { code: 'no-such-image' } });
  });

  test.each([
    [{ terminated: { exitCode: 90 } }, {}, /no python3/],
    [{ terminated: { exitCode: 137, reason: 'OOMKilled' } }, {}, /more memory/],
    [{}, { reason: 'Evicted', message: 'The node was low on memory.' }, /evicted it: The node was/],
    [{}, { reason: 'DeadlineExceeded' }, /lifetime allows/],
    [
      { terminated: { exitCode: 128, reason: 'StartError', message: 'no /bin/sh' } },
      {},
      /StartError: no/,
    ],
  ])('explains an end', (state, more, sentence) => {
    const found = readPodState(pod('Failed', state, more));
    expect(found.kind).toBe('hopeless');
    expect(found.kind === 'hopeless' && found.reason).toMatch(sentence);
  });

  test('the last warning is the newest', () => {
    const event = (reason: string, time: number, type = 'Warning') =>
      ({ type, reason, message: 'm.', lastTimestamp: new Date(time) }) as never;
    expect(lastWarning([event('Old', 1), event('New', 2), event('Pulled', 3, 'Normal')])).toBe(
      'New: m',
    );
    expect(lastWarning([])).toBe('');
  });
});
