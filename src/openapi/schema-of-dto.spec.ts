import 'reflect-metadata';
import { IsEmail, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { schemaOfDto } from './schema-of-dto';

class Query {
  @IsInt()
  @Min(1)
  @Max(9)
  count = 3;

  @IsIn(['a', 'b'])
  word!: string;

  @IsOptional()
  @IsString()
  @MaxLength(5)
  text?: string;
}

class Mail {
  @IsEmail()
  address!: string;
}

describe('the schema of a DTO', () => {
  it('has the rules that validate it, and its defaults', () => {
    const schema = schemaOfDto(new Query(), { count: 'How many.', word: 'Which.', text: 'What.' });
    expect(schema).toEqual({
      required: ['count', 'word'],
      properties: {
        count: { type: 'integer', minimum: 1, maximum: 9, default: 3, description: 'How many.' },
        word: { type: 'string', enum: ['a', 'b'], description: 'Which.' },
        text: { type: ['string', 'null'], maxLength: 5, description: 'What.' },
      },
    });
  });

  it('is refused for a rule that it has no words for', () => {
    expect(() => schemaOfDto(new Mail(), { address: 'Where.' })).toThrow('the rule isEmail has no schema');
  });

  it('is refused for a field that is not described', () => {
    expect(() => schemaOfDto(new Query(), { count: 'How many.' })).toThrow('is not described');
  });
});
