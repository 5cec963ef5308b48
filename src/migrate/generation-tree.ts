export * from '../stores/generation.ts';
